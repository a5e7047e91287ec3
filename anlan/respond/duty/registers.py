"""The register of standing roll calls."""

from anlan.base.register.registry import register
from anlan.respond.duty.models import RollPlan

register(
    RollPlan,
    key="roll-plans",
    title="定时点名",
    title_en="Standing roll calls",
    icon="calls",
    domain="people",
    order=80,
    label="title",
    listed=("code", "title", "level", "days", "times", "lot_from", "lot_to", "minutes", "region"),
    searched=("title", "code"),
    source="生产安全事故应急条例第十四条（应急值班制度）；值班值守规范（点名查岗）",
    demo={
        "code": "DEMO-D1", "title": "早晚点名和夜间抽查", "level": "township", "days": "daily",
        "times": "08:30、20:30", "lot_from": "23:00", "lot_to": "05:00", "lots": 1,
        "minutes": 10,
    },
)  # fmt: skip
