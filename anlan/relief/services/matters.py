"""Beginning to count the losses of a matter, saying that they grow no more, ending."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from anlan import codes
from anlan.base.cases.models import Case
from anlan.base.cases.selectors import root_of
from anlan.base.cases.services import open_case
from anlan.base.outbox.services import publish
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import permit
from anlan.base.regions import scope
from anlan.base.regions.models import Level, Region
from anlan.kernel import clock
from anlan.kernel.errors import Conflict, Invalid
from anlan.relief.events import LossesSteady
from anlan.relief.models import LossMatter, LossReport
from anlan.relief.selectors import matters
from anlan.relief.services import clocks
from anlan.relief.services.writing import locked, note

#: How far ahead of the server's clock an occurrence may lie.
AHEAD = timedelta(minutes=10)


@dataclass(frozen=True, kw_only=True)
class Occurrence:
    """What happened, where and when; `case` "" mints a case of its own."""

    hazard: str
    region: str
    title: str
    occurred_at: datetime
    case: str = ""


def open_matter(*, occurrence: Occurrence, by: Actor) -> LossMatter:
    """Begin to count the losses of a matter in a county: the first report is due from now on.

    Once a case and county; a second call gives `Conflict` with the one that is there.
    """
    county = scope.normalise(occurrence.region)
    permit(by, matters.OPEN, county)
    region = _checked(occurrence, county)
    with transaction.atomic():
        case = root_of(occurrence.case) if occurrence.case else open_case(
            hazard=occurrence.hazard, region=county, title=occurrence.title, by=by
        )  # fmt: skip
        row = LossMatter(
            code=_code(county, occurrence.occurred_at), case=case, region=region,
            hazard=occurrence.hazard, title=occurrence.title.strip()[:120],
            occurred_at=occurrence.occurred_at, opened_at=clock.now(), opened_by=by.ref,
        )  # fmt: skip
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError as error:
            raise Conflict("这件事在这个县已经开始统计灾情，或刚被别人开始") from error
        owed = clocks.owe_first(row)
        note(row, "opened", by, {"hazard": row.hazard, "title": row.title, "owed": len(owed)})
    return row


def _checked(occurrence: Occurrence, county: str) -> Region:
    errors: dict[str, list[str]] = {}
    region = Region.objects.filter(pk=county, level=Level.COUNTY, valid_to=None).first()
    if region is None:
        errors["region"] = ["请选择县（市、区）"]
    if occurrence.hazard not in codes.hazards():
        errors["hazard"] = ["请选择灾种"]
    if not occurrence.title.strip():
        errors["title"] = ["必须填写"]
    if occurrence.occurred_at > clock.now() + AHEAD:
        errors["occurred_at"] = ["发生时间晚于现在"]
    if occurrence.case and not Case.objects.filter(pk=occurrence.case).exists():
        errors["case"] = ["没有这个事件"]
    if errors or region is None:
        raise Invalid("有几处需要改正", errors=errors)
    return region


def _code(county: str, at: datetime) -> str:
    stem = f"{scope.prefix(county)}-{clock.local(at):%Y%m%d}-"
    return f"{stem}{LossMatter.objects.filter(code__startswith=stem).count() + 1}"


def mark_steady(*, matter: str, by: Actor) -> LossMatter:
    """Say that the losses grow no more: no daily report is due any longer, the verified one is."""
    with transaction.atomic():
        row = locked(matter, by, matters.STEADY)
        if row.steady_at is not None:
            raise Conflict("已经认定灾情稳定")
        if not LossReport.objects.filter(matter=row, region=row.region_id).exists():
            raise Conflict("本县还没有报过灾情，先报出初报")
        row.steady_at, row.steady_by = clock.now(), by.ref
        row.save(update_fields=["steady_at", "steady_by"])
        owed = clocks.owe_final(row)
        note(row, "steady", by, {"owed": len(owed)})
        publish(
            LossesSteady(
                case=row.case, matter=row.pk, hazard=row.hazard, region=row.region_id, by=by.ref,
                steady_at=row.steady_at,
            )
        )  # fmt: skip
    return row


def close_matter(*, matter: str, by: Actor) -> LossMatter:
    """End the count: the county's verified report was received by somebody."""
    with transaction.atomic():
        row = locked(matter, by, matters.STEADY)
        last = matters.latest(row.pk, [row.region_id]).get(row.region_id)
        if last is None or last.phase != "final" or last.sent_at is None:
            raise Conflict("核报还没有报出，或还没有登记谁接收的")
        clocks.withdraw(row)
        row.closed_at = clock.now()
        row.save(update_fields=["closed_at"])
        note(row, "closed", by, {"number": last.number})
    return row
