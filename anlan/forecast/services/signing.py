"""签署: the word of a named person on a run. Before it is said, a run moves nothing."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, cast

from django.db import transaction
from django.db.models import F, QuerySet

from anlan.base.cases.services import open_case
from anlan.base.outbox.services import publish
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import permit
from anlan.base.regions import scope
from anlan.forecast.events import ForecastApproved, ForecastWithdrawn
from anlan.forecast.models import Run, StationOutlook, VillageOutlook
from anlan.forecast.selectors.rows import run_for
from anlan.forecast.services import owing
from anlan.forecast.services.telling import note
from anlan.forecast.states import SIGNING
from anlan.kernel import clock
from anlan.kernel.errors import Conflict, Forbidden, Invalid
from anlan.sense.events import Level

APPROVE: Final = "forecasts.approve"
LONGEST_NOTE: Final = 300


def approve_run(*, run: str, by: Actor, note_said: str = "", version: int | None = None) -> None:
    """Stand behind a run: from now on it may drive proposals, and `ForecastApproved` is told.

    Raises `Forbidden` for whoever is no person, `Conflict` for a run that is not done, is spoken
    about already, is over, or is older than one that stands.
    """
    with transaction.atomic():
        row = run_for(run, by, lock=True)
        _ask_person(by, row)
        if version is not None and row.version != version:
            raise Conflict("这次计算的情况已变，请刷新后再签署")
        _ask_signable(row)
        now = clock.now()
        found = _Findings(row)
        case = row.case or found.case(by) or _case_before(row)
        _move(row, "approved", signed_by=by.ref, signed_at=now, case=case,
              signing_note=note_said.strip()[:LONGEST_NOTE])  # fmt: skip
        _supersede(row, by)
        owing.end_signature(run=row, by=by)
        note(row, "approved", by, {
            "level": row.level, "lower_bound": row.lower_bound,
            "stations": [code for code, _ in found.stations], "villages": found.villages,
        })  # fmt: skip
        publish(found.event(by.ref, now))


def reject_run(*, run: str, reason: str, by: Actor) -> None:
    """Say that a run is not to be used, and why."""
    with transaction.atomic():
        row = run_for(run, by, lock=True)
        _ask_person(by, row)
        _move(row, "rejected", signed_by=by.ref, signed_at=clock.now(),
              signing_note=_reason(reason))  # fmt: skip
        owing.end_signature(run=row, by=by)
        note(row, "rejected", by, {"reason": _reason(reason)})


def withdraw_run(*, run: str, reason: str, by: Actor) -> None:
    """Take back the word on a run; who acted on it is told by `ForecastWithdrawn`."""
    with transaction.atomic():
        row = run_for(run, by, lock=True)
        _ask_person(by, row)
        said = _reason(reason)
        _move(row, "withdrawn", signing_note=said)
        note(row, "withdrawn", by, {"reason": said})
        publish(
            ForecastWithdrawn(
                case=row.case, run=row.pk, hazard=row.hazard, level=_level(row.level),
                region=row.region_id, reason=said, by=by.ref, withdrawn_at=clock.now(),
            )
        )  # fmt: skip


def _ask_person(by: Actor, row: Run) -> None:
    permit(by, APPROVE, row.region_id)
    if by.is_system or by.user_id is None:
        raise Forbidden("预报须由本人登录签署，程序不能代签。")


def _ask_signable(row: Run) -> None:
    if row.state != "done":
        raise Conflict("还没有算完，不能签署")
    if row.valid_until <= clock.now():
        raise Conflict("预报的时段已经过去，不能再签署")
    if _standing(row).filter(based_at__gt=row.based_at).exists():
        raise Conflict("已有起报时间更新的一次签署在用")


def _reason(reason: str) -> str:
    said = reason.strip()[:LONGEST_NOTE]
    if not said:
        raise Invalid("请写明原因", errors={"reason": ["请写明原因"]})
    return said


def _move(row: Run, signing: str, **changes: object) -> None:
    """Take a state by a conditional UPDATE; `Conflict` when somebody was first."""
    moved = Run.objects.filter(
        pk=row.pk, state="done", signing__in=SIGNING.sources(signing)
    ).update(signing=signing, version=F("version") + 1, **changes)
    if not moved:
        here = SIGNING[row.signing].label if row.state == "done" else "还没有算完"
        raise Conflict(f"这次计算现在是「{here}」，不能变为「{SIGNING[signing].label}」")
    row.signing = signing
    for name, value in changes.items():
        setattr(row, name, value)


def _standing(row: Run) -> "QuerySet[Run]":
    """Narrow runs to the signed ones of the same model that speak of the same matter.

    One of another storm speaks of something else; one of no storm speaks of the place as a whole.
    """
    rows = Run.objects.filter(model=row.model, region=row.region_id, signing="approved")
    return (rows.filter(storm__in=("", row.storm)) if row.storm else rows).exclude(pk=row.pk)


def _case_before(row: Run) -> str:
    """Give the case of the word that this one replaces: that nothing comes of it is news there."""
    before = _standing(row).exclude(case="").order_by("-based_at", "-id")
    return before.values_list("case", flat=True).first() or ""


def _supersede(row: Run, by: Actor) -> None:
    """Let the word on older runs of the same matter rest: one stands at a time."""
    for old in _standing(row):
        _move(old, "superseded")
        note(old, "superseded", by, {"by": row.pk})


def _level(level: int | None) -> Level | None:
    return cast("Level | None", level)


class _Findings:
    """What a run found that somebody must act on."""

    def __init__(self, row: Run) -> None:
        self._row = row
        stations = StationOutlook.objects.filter(run=row, level__isnull=False)
        self._stations = list(stations.select_related("station").order_by("level", "level_at"))
        villages = VillageOutlook.objects.filter(run=row, stage__in=("prepare", "move"))
        found = list(villages.order_by("first_at", "region"))
        self._leaving = [one for one in found if one.stage == "move"]
        self._preparing = [one for one in found if one.stage == "prepare"]

    @property
    def stations(self) -> list[tuple[str, int]]:
        """Code and level of the stations that reach one, the worst first."""
        return [(one.station.code, one.level or 4) for one in self._stations]

    @property
    def villages(self) -> list[str]:
        """Villages where people have to leave, the first first."""
        return [one.region_id for one in self._leaving]

    def case(self, by: Actor) -> str:
        """Mint the matter's case, one for each storm or hazard; "" when nothing comes of it."""
        if not (self._stations or self._leaving or self._preparing):
            return ""
        row = self._row
        of = f"storm:{row.storm}" if row.storm else f"model:{row.model}"
        title = f"{row.title}预报（台风 {row.storm}）" if row.storm else f"{row.title}预报"
        return open_case(
            hazard=row.hazard, region=row.region_id, title=title, by=by,
            key=f"forecast:{of}:{row.region_id}",
        )  # fmt: skip

    def event(self, by: str, at: datetime) -> ForecastApproved:
        """Tell it as a fact."""
        row = self._row
        regions = [one.region_id for one in self._stations]
        regions += [one.region_id for one in self._leaving]
        times = [one.level_at for one in self._stations] + [one.first_at for one in self._leaving]
        return ForecastApproved(
            case=row.case,
            run=row.pk,
            engine=row.engine,
            hazard=row.hazard,
            level=_level(row.level),
            lower_bound=row.lower_bound,
            region=_joint(regions) or row.region_id,
            stations=tuple(code for code, _ in self.stations),
            station_levels=tuple(cast("Level", level) for _, level in self.stations),
            villages=tuple(self.villages),
            village_nearness=tuple(one.nearness for one in self._leaving),
            village_depths=tuple(one.depth for one in self._leaving),
            village_arrivals=tuple(one.arrives_at for one in self._leaving),
            preparing=tuple(one.region_id for one in self._preparing),
            storm=row.storm,
            based_at=row.based_at,
            valid_from=row.valid_from,
            valid_until=row.valid_until,
            first_at=min((one for one in times if one is not None), default=None),
            by=by,
            approved_at=at,
        )


def _joint(regions: Sequence[str]) -> str:
    """Name the narrowest region that holds all of some; "" for none."""
    if not regions:
        return ""
    chains = [[*scope.ancestors(code), code] for code in set(regions)]
    held = set.intersection(*(set(chain) for chain in chains))
    return max(held, key=lambda code: len(scope.prefix(code)), default="")
