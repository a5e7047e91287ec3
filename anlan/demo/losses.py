"""A short, heavy rain of the day before yesterday whose losses were told, verified and closed.

The figures are invented like the county, from a seed; they agree with each other and with the list
of the dead and missing, on which stands one person who was found.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

import numpy as np

from anlan.base.permissions.actor import Actor
from anlan.base.permissions.models import User
from anlan.base.permissions.selectors import actor_of
from anlan.base.regions.models import Region
from anlan.base.register.registry import REGISTERS
from anlan.base.register.services import save_row
from anlan.kernel import clock
from anlan.kernel.errors import Missing
from anlan.relief import services
from anlan.relief.models import LossMatter, LossReport
from anlan.relief.selectors import matters

SECTION: Final = "keshi"
SEED: Final = 722
AGO: Final = timedelta(hours=40)
TITLE: Final = "短时强降雨（演示）"
RECEIVER: Final = "市应急管理局 演示人"
#: Field -> how many in ten thousand people of a township, at most.
RATES: Final = (
    ("affected", 420.0), ("resettled", 60.0), ("need-urgent", 25.0), ("collapsed-rooms", 3.0),
    ("slight-rooms", 9.0), ("crops-hit", 14.0), ("roads", 0.5), ("power-lines", 0.3),
    ("loss-farming", 30.0), ("loss-infrastructure", 45.0), ("loss-homes", 12.0),
)  # fmt: skip
#: Parts of the loss that were none.
NONE: Final = ("loss-industry", "loss-services", "loss-other", "dead", "missing", "injured")


def start_losses(county: str) -> int:
    """Tell, verify and close them as the section does; tell how many reports were made."""
    if LossMatter.objects.filter(region=county).exists():  # an earlier load came this far
        return 0
    user = User.objects.filter(username=SECTION).first()
    if user is None:
        raise Missing(f"演示用户 {SECTION} 不存在")
    by = actor_of(user)
    matter = services.open_matter(
        occurrence=services.Occurrence(
            hazard="rainstorm", region=county, title=TITLE, occurred_at=clock.now() - AGO
        ),
        by=by,
    )
    towns = list(matters.below(matter.region))
    rng = np.random.default_rng(SEED)
    told = {town.pk: _figures(town, rng) for town in towns}
    for town in towns:
        _report(matter, town.pk, told[town.pk], by)
    _receive(_merge(matter, by), by)
    _grow(matter, towns[0], told, by)
    services.mark_steady(matter=matter.pk, by=by)
    _receive(_merge(matter, by, remark="各乡镇逐户核实，与台账一致。"), by)
    services.close_matter(matter=matter.pk, by=by)
    return LossReport.objects.filter(matter=matter).count()


def _figures(town: Region, rng: np.random.Generator) -> dict[str, float]:
    """Draw what a township tells: whole numbers where things are counted, parts that add up."""
    people = (town.population or 0) / 10_000
    drawn = {
        key: round(float(most * people * rng.uniform(0.2, 1)), 1 if most < 1 else 0)
        for key, most in RATES
    }
    drawn["central"] = float(int(drawn["resettled"] * 0.4))
    drawn["dispersed"] = drawn["resettled"] - drawn["central"]
    drawn |= dict.fromkeys(NONE, 0.0)
    drawn["loss"] = sum(value for key, value in drawn.items() if key.startswith("loss-"))
    return {key: round(value, 1) for key, value in drawn.items()}


def _grow(
    matter: LossMatter, town: Region, told: Mapping[str, dict[str, float]], by: Actor
) -> None:
    """Tell of somebody missing in one township, who was found a day later."""
    village = matters.below(town).first() or town
    missing = {
        "code": "YS-SW-001", "region": village.pk, "matter": matter.code, "sex": "1", "age": 67,
        "status": "missing", "cause": "flash-flood", "place": f"{village.name}溪边（演示）",
    }  # fmt: skip
    row = save_row(entry=REGISTERS["casualties"], values=missing, by=by)
    figures = {**told[town.pk], "missing": 1.0}
    _report(matter, town.pk, figures, by)
    _receive(_merge(matter, by), by)
    found = {**missing, "status": "found"}
    save_row(entry=REGISTERS["casualties"], values=found, row_id=row.id, by=by)
    notes = {"falls/missing": "失踪人员次日在下游村找到，平安（演示）"}
    _report(matter, town.pk, {**figures, "missing": 0.0}, by, notes)


def _report(
    matter: LossMatter,
    region: str,
    figures: Mapping[str, float],
    by: Actor,
    notes: Mapping[str, str] | None = None,
) -> None:
    drafted = services.Drafted(figures=figures, notes=notes or {})
    draft = services.save_draft(matter=matter.pk, region=region, drafted=drafted, by=by)
    services.hand_in(matter=matter.pk, region=region, version=draft.version, by=by)


def _merge(matter: LossMatter, by: Actor, remark: str = "") -> LossReport:
    """Add the townships up and hand the county's report in."""
    region = matter.region_id
    draft = services.merge_below(matter=matter.pk, region=region, version=0, by=by)
    notes = {"falls/missing": "失踪人员已找到（演示）"}
    drafted = services.Drafted(
        figures=draft.figures, notes=notes, remark=remark, version=draft.version
    )
    draft = services.save_draft(matter=matter.pk, region=region, drafted=drafted, by=by)
    return services.hand_in(matter=matter.pk, region=region, version=draft.version, by=by)


def _receive(report: LossReport, by: Actor) -> None:
    receipt = services.Receipt(receiver=RECEIVER, at=clock.now(), number=f"演示-{report.number}")
    services.mark_sent(report=report.pk, receipt=receipt, by=by)
