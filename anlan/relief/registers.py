"""Registers behind the figures: the dead and missing, and the homes that were damaged."""

from anlan.base.register.registry import register
from anlan.relief.models import Casualty, DamagedHouse

SURVEY = "自然灾害情况统计调查制度（死亡失踪人口台账、倒损住房户台账）"

register(
    Casualty,
    key="casualties",
    title="死亡失踪人员",
    title_en="Dead and missing",
    icon="resident",
    domain="relief",
    order=10,
    label="code",
    listed=("code", "name", "status", "cause", "region", "place", "happened_at", "matter"),
    searched=("code", "name", "matter", "place"),
    mask=("name", "id_number", "address", "kin", "kin_phone"),
    source=SURVEY,
    demo={
        "code": "DEMO-SW1", "name": "演示人", "sex": "1", "age": 61,
        "id_number": "339901196513019999", "address": "演示村 3 号", "status": "missing",
        "cause": "flash-flood", "place": "演示村溪边", "kin": "演示人", "kin_phone": "10000000006",
    },
)  # fmt: skip

register(
    DamagedHouse,
    key="damaged-houses",
    title="倒损住房",
    title_en="Damaged homes",
    icon="household",
    domain="relief",
    order=20,
    label="code",
    listed=(
        "code", "household", "owner", "damage", "rooms", "structure", "region", "is_only_home",
        "matter",
    ),
    searched=("code", "owner", "matter"),
    geometry="point",
    mask=("owner", "address"),
    source=SURVEY,
    demo={
        "code": "DEMO-FW1", "household": "DEMO-H1", "damage": "severe", "rooms": 3,
        "structure": "brick-wood", "is_only_home": True, "loss": 6.5, "lon": 121.602,
        "lat": 28.402,
    },
)  # fmt: skip
