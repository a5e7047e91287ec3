"""Registers of households, residents and who is threatened by which danger zone."""

from anlan.base.households import selectors
from anlan.base.households.models import Household, Resident, Threat
from anlan.base.register.registry import Computed, register

MOVING = "浙江省防御洪涝台灾害人员避险转移办法；突发事件应对法第八十五条（个人信息）"

register(
    Household,
    key="households",
    title="住户",
    title_en="Households",
    icon="household",
    domain="residents",
    order=10,
    label="code",
    listed=("code", "head", "region", "size", "special", "stay", "shelter", "helper", "reach"),
    searched=("code", "head", "phone"),
    geometry="point",
    mask=("head", "phone", "relatives"),
    computed={
        "special": Computed("特殊人员", selectors.special_count, type="int", unit="人"),
    },
    review_after=6,
    source=MOVING,
    demo={
        "code": "DEMO-H1", "kind": "family", "head": "演示人", "address": "演示村 12 号",
        "phone": "10000000004", "size": 3, "structure": "brick-wood", "floors": 2,
        "helper": "DEMO-G1", "transfer_lead": "DEMO-G1", "stay": "shelter", "shelter": "DEMO-S1",
        "reach": ["phone", "knock"], "needs": "轮椅", "lon": 121.602, "lat": 28.402,
    },
)  # fmt: skip

register(
    Resident,
    key="residents",
    title="居民",
    title_en="Residents",
    icon="resident",
    domain="residents",
    order=20,
    within="household",
    listed=("code", "name", "household", "relation", "groups", "away", "region"),
    searched=("code", "name", "phone"),
    mask=("name", "id_number", "phone"),
    source=MOVING,
    demo={
        "code": "DEMO-H1-1", "household": "DEMO-H1", "name": "演示人", "sex": "2",
        "birth_year": 1948, "relation": "self", "groups": ["elderly", "alone"],
        "id_number": "339901194813019999", "phone": "10000000004",
    },
)  # fmt: skip

register(
    Threat,
    key="threats",
    title="受威胁住户",
    title_en="Threatened households",
    icon="threat",
    domain="residents",
    order=30,
    natural=("zone", "household"),
    label="note",
    within="household",
    listed=("zone", "household", "region", "note"),
    searched=("note",),
    source=MOVING,
    demo={"zone": "DEMO-Z1", "household": "DEMO-H1", "note": "屋后 15 米为坡脚"},
)
