"""A device that publishes over MQTT, and comes back by itself."""

import json

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from anlan.gateways.ingest.tests.conftest import Served, moment


class Publisher:
    """Publishes single values over one MQTT connection that comes back by itself."""

    def __init__(self, served: Served, stream: str = "one-2") -> None:
        self._stream = stream
        self.acknowledged: list[float] = []
        self._published: dict[int, float] = {}
        key, secret = served.keys["one"]
        self._client = Client(CallbackAPIVersion.VERSION2, client_id="k", clean_session=False)
        self._client.username_pw_set(key, secret)
        self._client.on_publish = lambda _c, _d, mid, _r, _p: self._note(mid)
        self._client.connect("127.0.0.1", served.port)
        self._client.loop_start()

    def publish(self, value: float) -> None:
        """Publish at QoS 1."""
        told = json.dumps({"time": moment(), "value": value})
        self._published[len(self._published) + 1] = value  # paho counts from one
        self._client.publish(f"anlan/obs/{self._stream}", told, qos=1)

    def close(self) -> None:
        """Say good-bye."""
        self._client.disconnect()
        self._client.loop_stop()

    def _note(self, mid: int) -> None:
        self.acknowledged.append(self._published[mid])
