"""Who is told what cannot wait for somebody to open a page: told once, until it is worse or over.

A later run of the same matter rings nobody again while its level was told within some hours; a
model that fails every hour is told once, until it was computed again.
"""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any, Final

from django.db.models import Q, QuerySet

from anlan import codes
from anlan.base.cases.services import open_case
from anlan.base.obligations import services as obligations
from anlan.base.obligations.models import Obligation
from anlan.base.people.models import Post
from anlan.base.permissions.actor import Actor, system
from anlan.base.regions import scope
from anlan.forecast.deed_names import SUBJECT
from anlan.forecast.models import Run
from anlan.forecast.selectors.gauges import as_the_tide_does, sudden_changes
from anlan.forecast.standing import FAILED, SIGNATURE, SUDDEN
from anlan.kernel import clock
from anlan.sense.selectors.debtors import WATCH, Place, debtors
from anlan.sense.services.alarms.owing import URGENT

#: What was told of a matter holds so long, before it is told again.
HOLDS: Final = timedelta(hours=6)
STATION: Final = "station"
HAZARD: Final = "flash-flood"
BY: Final = system("forecast")

WAITS: Final = "{colour}预报等人签署：{title} {when} 起报"
WAITS_OF_STORM: Final = "{colour}预报等人签署：{title}（台风 {storm}） {when} 起报"
NOT_DONE: Final = "预报没有算成：{title}。{reason}"
#: By which way water jumped, and whether anybody knows the rain beside it.
JUMPED: Final = {
    ("rise", True): "{name}水位 {minutes} 分钟骤涨 {change} 米，旁边三小时雨量 {rain} 毫米，"
    "上游可能有堰塞溃决，请核实",
    ("rise", False): "{name}水位 {minutes} 分钟骤涨 {change} 米，旁边的雨量不知道，"
    "上游可能有堰塞溃决，请核实",
    ("fall", True): "{name}水位 {minutes} 分钟骤落 {change} 米，旁边三小时雨量 {rain} 毫米，"
    "上游可能被堰塞堵住，请核实",
    ("fall", False): "{name}水位 {minutes} 分钟骤落 {change} 米，旁边的雨量不知道，"
    "上游可能被堰塞堵住，请核实",
}


def owe_signature(*, run: Run, by: Actor) -> None:
    """Make who leads the watch owe a word on a run that reaches the worst levels; else end that.

    What is signed already and as bad needs no other word.
    """
    level = run.level
    if run.based_at < clock.now() - HOLDS:
        return  # a look back
    if level not in URGENT:
        _end(SIGNATURE.key, _matter(run), by, done=False)
        return
    signed = _matter(run).filter(signing="approved", valid_until__gt=clock.now())
    if signed.filter(level__lte=level).exists() or _told(SIGNATURE.key, _matter(run), level):
        return
    colour = codes.table("warning-levels")[str(level)].text("color_name") or ""
    when = clock.local(run.based_at).strftime("%m-%d %H:%M")
    waits = WAITS_OF_STORM if run.storm else WAITS
    title = waits.format(colour=colour, title=run.title, storm=run.storm, when=when)
    _owe(SIGNATURE.key, title, run, _leader(run.region_id) or _watch(run.region_id, title), by)


def end_signature(*, run: Run, by: Actor) -> None:
    """End what is owed about a matter on which the word was said."""
    _end(SIGNATURE.key, _matter(run), by, done=True)


def owe_look(*, run: Run, reason: str, by: Actor) -> None:
    """Make the watch owe a look at a scheduled run that failed: the first since one was done."""
    if run.how != "schedule" or Obligation.objects.filter(
        kind=FAILED.key, subject_kind=SUBJECT, subject__in=_ids(_of_model(run)), closed_at=None
    ).exists():  # fmt: skip
        return
    since = _of_model(run).filter(state="done").order_by("-id").first()
    before = _of_model(run).filter(state="failed", how="schedule").exclude(pk=run.pk)
    if before.filter(**({"id__gt": since.pk} if since else {})).exists():
        return  # told already, and answered
    title = NOT_DONE.format(title=run.title, reason=reason)
    _owe(FAILED.key, title, run, _watch(run.region_id, title), by)


def end_look(*, run: Run, by: Actor) -> None:
    """End what is owed about a model that was computed again."""
    _end(FAILED.key, _of_model(run), by, done=False)


def owe_sudden_changes() -> int:
    """Make the watch owe a look at water that jumped as no rain explains; returns how many."""
    found = [one for one in sudden_changes(BY) if _is_called_for(one)]
    tidal = as_the_tide_does([one for one in found if not one["explained"]])
    found = [one for one in found if one["station"] not in tidal]
    recent = set(
        Obligation.objects.filter(
            kind=SUDDEN.key, subject_kind=STATION, issued_at__gt=clock.now() - HOLDS,
            subject__in=[one["station"] for one in found],
        ).values_list("subject", flat=True)
    )  # fmt: skip
    fresh = [one for one in found if one["station"] not in recent]
    debts = [debt for one in fresh if (debt := _sudden(one)) is not None]
    obligations.owe_many(debts=debts, by=BY)
    return len(debts)


def _is_called_for(one: dict[str, Any]) -> bool:
    table = codes.table("sudden-calls")
    dry = table["dry"].number("rain") or 0.0
    beside = one["rain_3h"]
    code = "explained" if one["explained"] else "dry" if beside is None or beside < dry else "wet"
    return bool(abs(one["change"]) >= (table[code].number("change") or 0.0))


def _sudden(one: dict[str, Any]) -> obligations.Debt | None:
    debtor = _watch(one["region"], one["name"])
    if debtor is None:
        return None
    title = JUMPED[one["way"], one["rain_3h"] is not None].format(
        name=one["name"], minutes=one["window_min"], change=f"{abs(one['change']):.2f}",
        rain=f"{one['rain_3h'] or 0.0:g}",
    )  # fmt: skip
    case = open_case(
        hazard=HAZARD, region=one["region"], title=title[:200], by=BY,
        key=f"sudden:{one['station']}",
    )  # fmt: skip
    return obligations.Debt(
        kind=SUDDEN.key, title=title[:200], debtor=debtor, region=one["region"], case=case,
        subject=(STATION, one["station"]),
    )  # fmt: skip


def _matter(run: Run) -> "QuerySet[Run]":
    """Narrow runs to those of the same model that speak of the same storm, or of none."""
    rows = Run.objects.filter(model=run.model, region=run.region_id)
    return rows.filter(storm__in=("", run.storm)) if run.storm else rows


def _of_model(run: Run) -> "QuerySet[Run]":
    return Run.objects.filter(model=run.model, region=run.region_id)


def _ids(rows: "QuerySet[Run]") -> Collection[str]:
    """List the newest ids of some runs: what is owed is about them or over."""
    return list(rows.order_by("-id").values_list("pk", flat=True)[:500])


def _told(kind: str, rows: "QuerySet[Run]", level: int) -> bool:
    """Tell whether runs that were as bad were told of lately."""
    asked = rows.filter(level__lte=level).exclude(level=None)
    lately = Q(closed_at=None) | Q(issued_at__gt=clock.now() - HOLDS)
    told = Obligation.objects.filter(
        lately, kind=kind, subject_kind=SUBJECT, subject__in=_ids(asked)
    )
    return told.exclude(state="withdrawn").exists()


def _owe(kind: str, title: str, run: Run, debtor: str | None, by: Actor) -> None:
    if debtor is None:
        return  # the list of runs shows it, and the roll of posts that nobody watches
    debt = obligations.Debt(
        kind=kind, title=title[:200], debtor=debtor, region=run.region_id,
        subject=(SUBJECT, run.pk), case=run.case,
    )  # fmt: skip
    obligations.owe_many(debts=[debt], by=by)


def _end(kind: str, rows: "QuerySet[Run]", by: Actor, *, done: bool) -> None:
    open_ = Obligation.objects.filter(kind=kind, subject_kind=SUBJECT, closed_at=None)
    subjects = [(SUBJECT, one) for one in open_.values_list("subject", flat=True)]
    mine = set(rows.filter(pk__in=[one for _, one in subjects]).values_list("pk", flat=True))
    subjects = [pair for pair in subjects if pair[1] in mine]
    if subjects:
        obligations.settle(kind=kind, subjects=subjects, by=by, done=done)


def _leader(region: str) -> str | None:
    """Find who leads the watch, the nearest at or above a region, else the highest: they sign."""
    chain = [region, *reversed(scope.ancestors(region))]
    rows = Post.objects.filter(region__in=chain, role="duty-leader", retired_at=None)
    found = {code: pk for pk, code in rows.order_by("-rank").values_list("pk", "region_id")}
    return next((found[code] for code in chain if code in found), None) or _highest(
        region, ("duty-leader",)
    )


def _watch(region: str, name: str) -> str | None:
    """Find who is on watch, the nearest at or above a region, else the highest within it."""
    found = debtors({Place(region, name[:120])})
    return next(iter(found.values()), None) or _highest(region, WATCH)


def _highest(region: str, roles: Sequence[str]) -> str | None:
    """Find the post of the highest level within a region.

    A scheduled run is of all that the workspace holds: of a county's, that is the province it lies
    in, which has no room here.
    """
    rows = Post.objects.filter(
        scope.within((scope.prefix(region),)), role__in=roles, retired_at=None
    ).values_list("pk", "region_id", "role", "rank")  # fmt: skip
    best = min(
        ((len(scope.prefix(code)), roles.index(role), rank, pk) for pk, code, role, rank in rows),
        default=None,
    )
    return None if best is None else best[-1]
