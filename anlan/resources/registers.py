"""The registers of rescue teams and of what is kept for an emergency."""

from anlan.base.register.registry import Computed, register
from anlan.resources import selectors
from anlan.resources.models import Stock, Team

register(
    Team,
    key="teams",
    title="救援队伍",
    title_en="Rescue teams",
    icon="team",
    domain="resources",
    order=20,
    listed=("code", "name", "kind", "region", "skills", "members", "response", "status"),
    searched=("name", "address", "code"),
    geometry="point",
    review_after=6,
    source="突发事件应对法第三十九条、第四十条；生产安全事故应急条例第十条",
    demo={
        "code": "DEMO-T1", "name": "演示乡应急救援队", "kind": "grassroots",
        "skills": ["flood", "evacuation"], "members": 30, "certified": 12,
        "equipment": "冲锋舟 2；排水泵 3", "address": "演示路 2 号", "leader": "DEMO-G1",
        "duty_phone": "0000-0000002", "response": 15.0, "insured": True,
        "status": "standby", "lon": 121.6, "lat": 28.41,
    },
)  # fmt: skip

register(
    Stock,
    key="stocks",
    title="物资储备",
    title_en="Emergency stocks",
    icon="thing",
    domain="resources",
    order=30,
    listed=(
        "item", "amount", "unit", "store", "region", "keeping", "expires_on", "checked_on",
        "keeper", "status",
    ),
    searched=("store", "spec", "code"),
    label="store",
    geometry="point",
    computed={"unit": Computed("单位", selectors.units_of)},
    review_after=6,
    source="突发事件应对法第四十五条、第四十六条；GB/T 38565-2020 应急物资分类及编码",
    demo={
        "code": "DEMO-W1", "store": "演示乡物资仓库", "item": "woven-bag", "amount": 2000,
        "spec": "90×50 厘米", "keeping": "physical", "expires_on": "2031-06-30",
        "checked_on": "2026-04-10", "keeper": "DEMO-G1", "phone": "0000-0000003",
        "address": "演示路 6 号", "status": "ready", "lon": 121.6, "lat": 28.41,
    },
)  # fmt: skip
