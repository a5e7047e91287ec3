"""Registers of shelters, key sites, reservoirs, danger zones, vessels and cameras."""

from anlan.base.places import selectors
from anlan.base.places.models import Camera, DangerZone, KeySite, Reservoir, Shelter, Vessel
from anlan.base.register.registry import Computed, register


def _keeper_a(shelters: list[str]) -> dict[str, str]:
    return selectors.keepers(shelters, "A")


def _keeper_b(shelters: list[str]) -> dict[str, str]:
    return selectors.keepers(shelters, "B")


register(
    Shelter,
    key="shelters",
    title="避灾安置场所",
    title_en="Shelters",
    icon="shelter",
    domain="resources",
    order=10,
    listed=(
        "name", "region", "level", "stay", "capacity", "occupied", "room", "status", "keeper_a",
        "standard",
    ),
    searched=("name", "address", "code"),
    geometry="point",
    public=("name", "address", "capacity", "status"),
    computed={
        "room": Computed("可用容量", selectors.rooms, type="int", unit="人"),
        "keeper_a": Computed("负责人A", _keeper_a),
        "keeper_b": Computed("负责人B", _keeper_b),
        "standard": Computed(
            "规范化", selectors.standards, type="bool", help="按 DB33/T 2158-2021；缺数据时为空"
        ),
    },
    review_after=6,
    source="突发事件应对法第三十一条；GB/T 44013-2024；DB33/T 2158-2021",
    demo={
        "code": "DEMO-S1", "name": "演示村文化礼堂避灾点", "level": "village", "stay": "short",
        "space": "indoor", "address": "演示村 8 号", "building": "文化礼堂",
        "structure": "steel-concrete", "seismic": 7, "area": 300.0, "per_person": 3.0,
        "capacity": 100, "occupied": 0, "facilities": ["water", "power", "toilet"],
        "supplies": "草席 50；棉被 50", "keeper": "DEMO-G1", "opens_when": "台风蓝色预警以上",
        "assessed_on": "2026-03-01", "status": "idle", "lon": 121.6, "lat": 28.4,
    },
)  # fmt: skip

register(
    KeySite,
    key="key-sites",
    title="重点场所",
    title_en="Key sites",
    icon="site",
    domain="places",
    order=10,
    listed=("code", "name", "kind", "region", "people", "hazards", "keeper"),
    searched=("name", "address", "code"),
    geometry="point",
    mask=("contact", "contact_phone"),
    review_after=6,
    source="突发事件应对法第三十五条（重点场所风险排查）",
    demo={
        "code": "DEMO-K1", "name": "演示小学", "kind": "school", "people": 420,
        "hazards": ["typhoon"], "contact": "演示人", "contact_phone": "10000000002",
        "keeper": "DEMO-G1", "lon": 121.61, "lat": 28.41,
    },
)  # fmt: skip

register(
    Reservoir,
    key="reservoirs",
    title="水库",
    title_en="Reservoirs",
    icon="reservoir",
    domain="places",
    order=20,
    listed=(
        "code", "name", "size", "region", "capacity", "typhoon_limit", "check_level", "safety",
        "administrative",
    ),
    searched=("name", "code"),
    geometry="point",
    review_after=12,
    source="水库大坝安全管理条例；小型水库安全管理办法（三个责任人）",
    demo={
        "code": "DEMO-R1", "name": "演示水库", "size": "small-1", "capacity": 320.0,
        "catchment": 4.2, "dam": "earth", "dam_height": 28.0, "dead_level": 60.0,
        "normal_level": 78.0, "meiyu_limit": 77.0, "typhoon_limit": 76.0, "design_level": 80.0,
        "check_level": 81.2, "crest": 82.5, "curve": [[60.0, 12.0], [78.0, 250.0], [81.2, 320.0]],
        "safety": "1", "built": 1978, "administrative": "DEMO-G1", "lon": 121.5, "lat": 28.45,
    },
)  # fmt: skip

register(
    DangerZone,
    key="danger-zones",
    title="危险区",
    title_en="Danger zones",
    icon="zone",
    domain="places",
    order=30,
    listed=(
        "code", "name", "kind", "level", "region", "households", "people", "shelter", "watcher",
        "status",
    ),
    searched=("name", "code"),
    geometry="area",
    area="outline",
    review_after=6,
    source="地质灾害防治条例；山洪灾害防御预案编制导则；浙江省防御洪涝台灾害人员避险转移办法",
    demo={
        "code": "DEMO-Z1", "name": "演示村后山滑坡隐患点", "kind": "geohazard",
        "hazards": ["geological"], "level": "high", "status": "active", "households": 12,
        "people": 38, "area": 5200.0, "thresholds": [[1, 30.0, 40.0], [3, 50.0, 70.0]],
        "signal": "敲锣", "route": "沿村道向东至文化礼堂", "shelter": "DEMO-S1",
        "watcher": "DEMO-G1", "lon": 121.602, "lat": 28.402,
        "outline": {
            "type": "Polygon",
            "coordinates": [
                [[121.601, 28.401], [121.603, 28.401], [121.603, 28.403], [121.601, 28.401]]
            ],
        },
    },
)  # fmt: skip

register(
    Vessel,
    key="vessels",
    title="船舶",
    title_en="Vessels",
    icon="vessel",
    domain="places",
    order=40,
    listed=("code", "name", "kind", "region", "harbour", "crew", "status", "seen_at"),
    searched=("name", "code", "beidou"),
    geometry="point",
    mask=("skipper", "skipper_phone"),
    review_after=12,
    source="渔业船舶检验条例；浙江省渔港渔业船舶管理条例（进出港报告）",
    demo={
        "code": "DEMO-V1", "name": "演示渔 00001", "kind": "fishing", "gear": "trawl",
        "harbour": "演示渔港", "length": 24.5, "power": 200.0, "tonnage": 98.0, "crew": 7,
        "skipper": "演示人", "skipper_phone": "10000000003", "status": "in-harbour",
        "lon": 121.7, "lat": 28.4,
    },
)  # fmt: skip

register(
    Camera,
    key="cameras",
    title="监控点",
    title_en="Cameras",
    icon="camera",
    domain="places",
    order=50,
    listed=("code", "name", "kind", "scene", "region", "status"),
    searched=("name", "code"),
    geometry="point",
    source="突发事件应对法第四十八条（监测网络）",
    demo={
        "code": "DEMO-C1", "name": "演示水库坝顶球机", "kind": "dome", "scene": "reservoir",
        "subject": "DEMO-R1", "bearing": 135.0, "url": "rtsp://127.0.0.1/demo",
        "status": "online", "lon": 121.5, "lat": 28.45,
    },
)  # fmt: skip
