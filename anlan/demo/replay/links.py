"""The devices' side of the doors: HTTP and MQTT connections that keep trying until confirmed."""

from __future__ import annotations

import http.client
import json
import ssl
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol
from urllib.parse import SplitResult, urlsplit

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from anlan.kernel.errors import Conflict, Unavailable

from .parcels import TYPES, Parcel
from .tally import Tally

PATH: Final = "/api/v1/sense/observations"
#: So long a device goes on trying before the replay gives up.
PATIENCE_S: Final = 180.0
FIRST_WAIT_S: Final = 0.1
LONGEST_WAIT_S: Final = 2.0
ANSWER_S: Final = 30.0
#: Statuses that mean: later.
LATER: Final = (429, 502, 503, 504)


@dataclass(frozen=True, slots=True)
class Key:
    """The key a gateway comes in with."""

    id: str
    secret: str


class Link(Protocol):
    """A gateway's connection."""

    def deliver(self, parcels: Sequence[Parcel]) -> Tally:
        """Send parcels in order; return when all are confirmed. `Unavailable` after patience."""

    def close(self) -> None:
        """Hang up."""


class HttpLink:
    """Posts bodies over one connection that is opened anew whenever it breaks."""

    def __init__(self, url: str, key: Key) -> None:
        self._url, self._key = urlsplit(url), key
        self._open: http.client.HTTPConnection | None = None

    def deliver(self, parcels: Sequence[Parcel]) -> Tally:
        """Send one body after another."""
        whole = Tally()
        for parcel in parcels:
            whole.add(self._post(parcel))
        return whole

    def _post(self, parcel: Parcel) -> Tally:
        tally = Tally(sent=parcel.count)
        until, wait = time.monotonic() + PATIENCE_S, FIRST_WAIT_S
        while True:
            status, body = self._try(parcel)
            if status == http.client.OK:
                break
            if status not in (0, *LATER):
                raise Conflict(f"{PATH} 拒绝了 {parcel.gateway} 的数据（{status}）：{body[:300]!r}")
            if time.monotonic() > until:
                raise Unavailable(f"{parcel.gateway} 的数据 {PATIENCE_S:.0f} 秒没有得到确认")
            tally.repeated += parcel.count
            time.sleep(wait)
            wait = min(2 * wait, LONGEST_WAIT_S)
        told: dict[str, Any] = json.loads(body)
        refused = told["rejected"]
        tally.accepted, tally.duplicates = told["accepted"], told["duplicates"]
        tally.rejected = len(refused)
        tally.confirmed = parcel.count - len(refused)
        tally.reasons = Counter(one["reason"] for one in refused)
        return tally

    def _try(self, parcel: Parcel) -> tuple[int, bytes]:
        """Send once; status 0 when nobody answered."""
        if self._open is None:
            self._open = connection_to(self._url, ANSWER_S)
        try:
            self._open.request(
                "POST", f"{self._url.path.rstrip('/')}{PATH}", parcel.body,
                {
                    "Content-Type": TYPES[parcel.way],
                    "Authorization": f"Device {self._key.id}:{self._key.secret}",
                },
            )  # fmt: skip
            answer = self._open.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException) as error:
            self.close()
            return 0, str(error).encode()

    def close(self) -> None:
        """Hang up."""
        if self._open is not None:
            self._open.close()
        self._open = None


def connection_to(url: SplitResult, timeout: float) -> http.client.HTTPConnection:
    """Open a connection to a workspace's web."""
    host, port = url.hostname or "127.0.0.1", url.port
    if url.scheme == "https":
        # The exercise runs on this machine; its certificate is the operator's own.
        trusting = ssl._create_unverified_context()  # noqa: S323, SLF001
        return http.client.HTTPSConnection(host, port, timeout=timeout, context=trusting)
    return http.client.HTTPConnection(host, port, timeout=timeout)


class MqttLink:
    """A gateway's MQTT client: QoS 1, everything in flight until it is acknowledged."""

    def __init__(self, address: tuple[str, int], key: Key, *, version: MQTTProtocolVersion) -> None:
        self._client = paho.Client(
            CallbackAPIVersion.VERSION2, client_id=f"replay-{key.id}", protocol=version
        )
        self._came = threading.Condition()
        self._confirmed: set[int] = set()
        self._client.on_publish = self._confirm
        self._client.username_pw_set(key.id, key.secret)
        self._client.reconnect_delay_set(1, 2)
        self._client.max_inflight_messages_set(100)
        self._client.connect_async(*address, keepalive=60)
        self._client.loop_start()

    def deliver(self, parcels: Sequence[Parcel]) -> Tally:
        """Publish and wait for the acknowledgements; the client sends again after a break."""
        told = [(one, self._client.publish(one.topic, one.body, qos=1).mid) for one in parcels]
        until = time.monotonic() + PATIENCE_S
        tally = Tally(sent=sum(one.count for one in parcels))
        for parcel, number in told:
            if not self._is_confirmed(number, until - time.monotonic()):
                raise Unavailable(f"{parcel.gateway} 的数据 {PATIENCE_S:.0f} 秒没有得到确认")
            tally.confirmed += parcel.count
        return tally

    def _confirm(self, _client: object, _data: object, number: int, *_: object) -> None:
        # By number: what the client tells of a message that was published during a break stays
        # an error for ever, also when it was sent later and acknowledged.
        with self._came:
            self._confirmed.add(number)
            self._came.notify_all()

    def _is_confirmed(self, number: int, seconds: float) -> bool:
        with self._came:
            came = self._came.wait_for(lambda: number in self._confirmed, max(0.0, seconds))
            self._confirmed.discard(number)
        return came

    def close(self) -> None:
        """Say farewell."""
        self._client.disconnect()
        self._client.loop_stop()
