"""Which servers, which stream: ``nats://host:4222[,nats://other:4222][/name][?replicas=3]``."""

import re
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import nats
from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import DiscardPolicy, RetentionPolicy, StorageType, StreamConfig
from nats.js.errors import NotFoundError

from anlan.kernel.errors import Invalid

NAME: Final = "anlan"
WRONG: Final = (
    "STREAM_URL 应如 nats://用户:口令@主机:4222/名称?replicas=3"
    "（几台服务器用逗号隔开；名称只用字母、数字和连字符）"
)
REPLICAS: Final = (1, 3, 5)
#: How long JetStream may take to answer.
ANSWER_S: Final = 5.0
#: Servers before this sync their files every two minutes and cannot be told otherwise.
SYNCS: Final = (2, 10)


@dataclass(frozen=True)
class Place:
    """A stream of observations."""

    servers: tuple[str, ...]
    name: str = NAME
    replicas: int = 1

    @staticmethod
    def of(url: str) -> "Place":
        """Read STREAM_URL; `Invalid` when it is none."""
        servers, name, replicas = [], NAME, "1"
        for one in url.split(","):
            parts = urlsplit(one.strip())
            if parts.scheme not in ("nats", "tls") or not parts.hostname:
                raise Invalid(WRONG)
            servers.append(f"{parts.scheme}://{parts.netloc}")
            name = parts.path.strip("/") or name
            replicas = parse_qs(parts.query).get("replicas", [replicas])[-1]
        if not re.fullmatch(r"[A-Za-z0-9-]{1,64}", name) or replicas not in map(str, REPLICAS):
            raise Invalid(WRONG)
        return Place(tuple(servers), name, int(replicas))

    @property
    def shown(self) -> str:
        """The servers without what nobody should read."""
        return ", ".join(
            f"{one.hostname}:{one.port or 4222}" for one in map(urlsplit, self.servers)
        )

    def subject(self, *, backfill: bool) -> str:
        """Tell where a body is published."""
        return f"{self.name}.observations.{'past' if backfill else 'live'}"

    async def connect(self, name: str, **told: Any) -> Client:
        """Connect; afterwards the client connects again by itself."""
        return await nats.connect(
            list(self.servers), name=name, connect_timeout=2, reconnect_time_wait=0.5,
            max_reconnect_attempts=-1, **told,
        )  # fmt: skip

    async def prepare(self, jetstream: JetStreamContext) -> None:
        """Make the stream when it is not there. When it is full it refuses, and drops nothing."""
        try:
            await jetstream.stream_info(self.name)
        except NotFoundError:
            await jetstream.add_stream(
                StreamConfig(
                    name=self.name,
                    description="anlan observations",
                    subjects=[f"{self.name}.observations.*"],
                    retention=RetentionPolicy.WORK_QUEUE,
                    discard=DiscardPolicy.NEW,
                    storage=StorageType.FILE,
                    num_replicas=self.replicas,
                )
            )

    def doubt(self, client: Client) -> str:
        """Say why what these servers acknowledge may not outlive a power cut; "" when it may."""
        version = client.connected_server_version
        if self.replicas > 1 or (version.major, version.minor) >= SYNCS:
            return ""
        return "服务器早于 2.10 又只有一份，断电可能丢最近两分钟：请升级并设 sync_interval: always"
