"""Registers of gateways, stations and streams."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from anlan.base.register.registry import Computed, register
from anlan.sense.models import Gateway, Station, Stream
from anlan.sense.selectors import latest, stations


def _live(read: Callable[[latest.Newest], Any]) -> Callable[[list[str]], dict[str, Any]]:
    def computed(ids: list[str]) -> dict[str, Any]:
        return {pk: read(one) for pk, one in latest.of_ids(ids).items()}

    return computed


def _time(one: latest.Newest) -> str | None:
    if one.time_ms is None:
        return None
    return datetime.fromtimestamp(one.time_ms / 1000, UTC).isoformat()


register(
    Station,
    key="stations",
    title="测站",
    title_en="Stations",
    icon="station",
    domain="monitoring",
    order=10,
    listed=(
        "code", "name", "kind", "region", "unit", "gateway", "keeper", "streams", "alarms",
        "status",
    ),
    searched=("name", "code", "river"),
    geometry="point",
    computed={
        "streams": Computed("监测项数", stations.stream_counts, type="int"),
        "alarms": Computed("未解除报警", stations.alarm_counts, type="int"),
    },
    review_after=12,
    source="突发事件应对法第四十八条（监测网络）；水文条例第二十四条",
    demo={
        "code": "DEMO-ST1", "name": "演示水库坝前水位站", "kind": "reservoir", "unit": "DEMO-U1",
        "gateway": "DEMO-GW1", "reservoir": "DEMO-R1", "keeper": "DEMO-G1",
        "datum": "1985 国家高程基准", "zero": 55.0, "river": "演示溪", "address": "演示水库大坝",
        "phone": "0000-0000003", "status": "in-use", "source": "水利部门自建",
        "lon": 121.5, "lat": 28.45,
    },
)  # fmt: skip

register(
    Stream,
    key="streams",
    title="监测项",
    title_en="Streams",
    icon="stream",
    domain="monitoring",
    order=20,
    listed=(
        "code", "name", "station", "quantity", "region", "value", "value_at", "state", "margin",
        "status",
    ),
    searched=("code", "name"),
    label="code",
    within="station",
    computed={
        "value": Computed("最新值", _live(lambda one: one.value), type="float"),
        "value_at": Computed("数据时间", _live(_time), type="datetime"),
        "state": Computed("数据状态", _live(lambda one: latest.STANDINGS[one.standing][0])),
        "margin": Computed(
            "距特征值", _live(lambda one: one.margin), type="float",
            help="到最近一个未达到的特征值的距离；已达到时为负",
        ),
    },
    source="突发事件应对法第四十八条（监测网络）；SL 651-2014 水文监测数据通信规约",
    demo={
        "code": "DEMO-ST1.level", "name": "坝前水位", "station": "DEMO-ST1",
        "quantity": "reservoir-level", "unit": "m", "added": 55.0, "interval_s": 300,
        "low": 50.0, "high": 90.0,
        "levels": {"dead": 60.0, "flood-limit-meiyu": 77.0, "flood-limit-typhoon": 76.0,
                   "design": 80.0, "check": 81.2},
        "position": "坝前左岸", "depth": 2.0, "status": "in-use",
    },
)  # fmt: skip

register(
    Gateway,
    key="gateways",
    title="上报网关",
    title_en="Gateways",
    icon="gateway",
    domain="monitoring",
    order=30,
    listed=("code", "name", "region", "unit", "keeper", "stations", "status"),
    searched=("name", "code", "place"),
    computed={"stations": Computed("测站数", stations.station_counts, type="int")},
    review_after=12,
    source="监测运行维护的通行做法",
    demo={
        "code": "DEMO-GW1", "name": "演示水利遥测网关", "unit": "DEMO-U1", "keeper": "DEMO-G1",
        "phone": "0000-0000004", "place": "演示乡水利站机房", "status": "in-use",
        "note": "演示",
    },
)  # fmt: skip
