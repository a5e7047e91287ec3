"""The register of rescue teams."""

from anlan.base.register.registry import register
from anlan.resources.models import Team

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
