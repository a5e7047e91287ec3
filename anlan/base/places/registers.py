"""Registers of shelters, sites, reservoirs, gates, danger zones, vessels, rafts and cameras."""

from anlan.base.places import selectors
from anlan.base.places.models import (
    BuildingSite,
    Camera,
    DangerZone,
    FishRaft,
    KeySite,
    Reservoir,
    ScenicSpot,
    Shelter,
    Sluice,
    Vessel,
)
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
    BuildingSite,
    key="building-sites",
    title="工地",
    title_en="Building sites",
    icon="site",
    domain="places",
    order=12,
    listed=(
        "site", "region", "phase", "workers", "shed_people", "sheds", "tower_cranes", "hoists",
        "pit_depth", "keeper",
    ),
    searched=("builder",),
    natural=("site",),
    label="site",
    within="site",
    computed={
        "workers": Computed("日常人数", selectors.people_at_building_sites, type="int", unit="人"),
        "keeper": Computed("责任岗位", selectors.keepers_of_building_sites),
    },
    review_after=3,
    source="建设工程安全生产管理条例；建筑施工塔式起重机安装、使用、拆卸安全技术规程 JGJ 196-2010",
    demo={
        "site": "DEMO-K1", "builder": "演示建设有限公司", "phase": "frame", "sheds": 3,
        "shed_people": 46, "tower_cranes": 2, "hoists": 1, "pit_depth": 0.0, "until": "2027-06-30",
    },
)  # fmt: skip

register(
    ScenicSpot,
    key="scenic-spots",
    title="涉海景区",
    title_en="Scenic spots by the water",
    icon="site",
    domain="places",
    order=14,
    listed=(
        "site", "region", "water", "capacity", "entrances", "closing_time", "closes_when", "keeper",
    ),
    searched=("closes_when",),
    natural=("site",),
    label="site",
    within="site",
    review_after=6,
    source="旅游法第四十五条（最大承载量）；浙江省防御洪涝台灾害人员避险转移办法",
    demo={
        "site": "DEMO-K1", "water": "beach", "capacity": 3000, "entrances": 2,
        "closing_time": 90.0, "closes_when": "海上防台风Ⅳ级", "keeper": "DEMO-G1",
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
    FishRaft,
    key="fish-rafts",
    title="渔排",
    title_en="Fish rafts",
    icon="vessel",
    domain="places",
    order=42,
    listed=(
        "code", "name", "kind", "region", "mooring", "people", "weak", "cages", "keeper",
        "shelter",
    ),
    searched=("name", "code", "mooring"),
    geometry="point",
    mask=("owner", "owner_phone"),
    review_after=6,
    source="浙江省防御洪涝台灾害人员避险转移办法；海上防台风应急响应（渔排人员上岸）",
    demo={
        "code": "DEMO-P1", "name": "演示湾渔排 1 号", "kind": "plastic", "mooring": "演示湾",
        "cages": 48, "huts": 1, "people": 4, "weak": 1, "owner": "演示人",
        "owner_phone": "10000000005", "keeper": "DEMO-G1", "shelter": "DEMO-S1",
        "landing_time": 40.0, "lon": 121.71, "lat": 28.41,
    },
)  # fmt: skip

register(
    Sluice,
    key="sluices",
    title="海塘闸口",
    title_en="Gates in sea walls",
    icon="reservoir",
    domain="places",
    order=25,
    listed=(
        "code", "name", "kind", "wall", "region", "sill", "means", "closing_time", "hands",
        "keeper", "status",
    ),
    searched=("name", "code", "wall"),
    geometry="point",
    review_after=6,
    source="浙江省海塘建设管理条例（旱闸、通道口的管护和关闭）",
    demo={
        "code": "DEMO-Q1", "name": "演示海塘 1 号旱闸", "kind": "dry-gate", "wall": "演示海塘",
        "sill": 4.6, "width": 5.0, "means": "boards", "closing_time": 60.0, "hands": 4,
        "keeper": "DEMO-G1", "status": "open", "lon": 121.69, "lat": 28.42,
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
