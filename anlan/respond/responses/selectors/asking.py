"""What asks for a response: the triggers of plans in force against what is known now.

It is reckoned whole each time, so that whatever ended, was withdrawn or came twice needs no care.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from operator import ge, gt, le, lt
from typing import Any

from anlan.base.regions import scope
from anlan.forecast.models import Run
from anlan.kernel import clock
from anlan.plans.selectors.steps import InForce
from anlan.plans.spec.shape import FIGURES, Figure, Foreseen, Response, Trigger, Warned
from anlan.respond.responses.figures import Counted
from anlan.respond.responses.selectors.figures import counted_in
from anlan.warn.models import Alert

COMPARED: dict[str, Callable[[float, float], bool]] = {">=": ge, ">": gt, "<=": le, "<": lt}


@dataclass(frozen=True)
class Reason:
    """One thing that asks for a stage."""

    #: What makes it the same reason when it is met again: an alert's chain, a model's forecasts.
    key: str
    stage: str
    place: int
    #: What the plan says.
    trigger: str
    #: ``warning``, ``forecast`` or ``figure``; the id of the alert or run.
    source: str
    id: str
    #: What it is, in words.
    title: str
    at: datetime | None = None
    case: str = ""
    #: Figures: how much it is, and whether a forecast is a lower bound.
    value: float | None = None
    lower_bound: bool = False

    def plain(self) -> dict[str, Any]:
        """Give it as it is kept."""
        return {**asdict(self), "at": self.at.isoformat() if self.at else None}


@dataclass(frozen=True)
class Told:
    """A warning in force or a signed forecast."""

    key: str
    id: str
    title: str
    hazard: str
    level: int
    regions: tuple[str, ...]
    at: datetime | None
    case: str
    lower_bound: bool = False

    def concerns(self, region: str) -> bool:
        """Tell whether it is for a region, a part of it, or for one that holds it."""
        own = scope.prefix(region)
        return any(
            scope.prefix(one).startswith(own) or own.startswith(scope.prefix(one))
            for one in self.regions
        )


@dataclass
class Sight:
    """What is known now, read once for all plans."""

    alerts: Sequence[Told]
    forecasts: Sequence[Told]
    figures: dict[tuple[str, str], Counted] = field(default_factory=dict)

    def figure(self, region: str, name: str) -> Counted:
        """Count a figure in a region; all that plans may name at the first question."""
        if (region, name) not in self.figures:
            found = counted_in(region, FIGURES)
            self.figures |= {(region, key): value for key, value in found.items()}
        return self.figures[region, name]


@dataclass(frozen=True)
class Asked:
    """What one response of a plan is asked for."""

    response: Response
    reasons: tuple[Reason, ...]
    #: Figures that triggers name and nobody knows.
    unknown: tuple[str, ...]

    @property
    def place(self) -> int:
        """Where the gravest stage that something asks for stands; -1: nothing asks."""
        return max((one.place for one in self.reasons), default=-1)


def sight() -> Sight:
    """Read the warnings in force and the forecasts somebody signed; two queries."""
    return Sight(_alerts(), _forecasts())


def _alerts() -> list[Told]:
    rows = Alert.objects.filter(state="issued", ended_at=None, level__isnull=False)
    return [
        Told(
            key=f"alert:{row.root}", id=row.pk, title=row.title, hazard=row.hazard,
            level=row.level, regions=tuple(row.regions) or (row.region_id,), at=row.issued_at,
            case=row.case,
        )
        for row in rows.only(
            "root", "title", "hazard", "level", "regions", "region_id", "issued_at", "case"
        ).order_by("pk")
        if row.level is not None
    ]  # fmt: skip


def _forecasts() -> list[Told]:
    """Read the newest signed run of each model and storm that still tells something."""
    rows = Run.objects.filter(
        signing="approved", valid_until__gt=clock.now(), level__isnull=False
    ).only(
        "model", "storm", "title", "hazard", "level", "region_id", "signed_at", "case",
        "lower_bound",
    )  # fmt: skip
    newest = {(row.model, row.storm, row.region_id): row for row in rows.order_by("signed_at")}
    return [
        Told(
            key=f"forecast:{row.model}:{row.storm}", id=row.pk, title=row.title,
            hazard=row.hazard, level=row.level, regions=(row.region_id,), at=row.signed_at,
            case=row.case, lower_bound=row.lower_bound,
        )
        for row in newest.values()
        if row.level is not None
    ]  # fmt: skip


def asked_by(plan: InForce, seen: Sight) -> list[Asked]:
    """Tell what each response of a plan is asked for by what is seen."""
    found = []
    for response in plan.spec.responses:
        reasons: dict[tuple[str, str], Reason] = {}
        unknown: dict[str, None] = {}
        for place, stage in enumerate(response.stages):
            for trigger in stage.triggers:
                for one in _met(trigger, plan.spec.region, seen):
                    reason = Reason(stage=stage.key, place=place, trigger=trigger.text, **one)
                    reasons[reason.key, stage.key] = reason
                if trigger.figure and _unknown(trigger.figure, plan.spec.region, seen):
                    unknown[trigger.figure.name] = None
        ordered = sorted(reasons.values(), key=lambda one: (-one.place, one.key))
        found.append(Asked(response, tuple(ordered), tuple(unknown)))
    return found


def _unknown(figure: Figure, region: str, seen: Sight) -> bool:
    return seen.figure(region, figure.name).value is None


def _met(trigger: Trigger, region: str, seen: Sight) -> Iterator[dict[str, Any]]:
    """List what meets a trigger; where it names several things all of them must be met."""
    parts = [
        list(found)
        for found in (
            _told(trigger.warning, "warning", region, seen.alerts) if trigger.warning else None,
            _told(trigger.forecast, "forecast", region, seen.forecasts)
            if trigger.forecast else None,
            _counted(trigger.figure, region, seen) if trigger.figure else None,
        )
        if found is not None
    ]  # fmt: skip
    if parts and all(parts):
        for part in parts:
            yield from part


def _told(
    wanted: Warned | Foreseen, source: str, region: str, told: Sequence[Told]
) -> Iterator[dict[str, Any]]:
    for one in told:
        if one.hazard in wanted.hazards and one.level <= wanted.level and one.concerns(region):
            yield {
                "key": one.key, "source": source, "id": one.id, "title": one.title, "at": one.at,
                "case": one.case, "lower_bound": one.lower_bound,
            }  # fmt: skip


def _counted(figure: Figure, region: str, seen: Sight) -> Iterator[dict[str, Any]]:
    counted = seen.figure(region, figure.name)
    if counted.value is not None and COMPARED[figure.op](counted.value, figure.number):
        title, _ = FIGURES.get(figure.name, (figure.name, ""))
        yield {
            "key": f"figure:{figure.name}", "source": "figure", "id": figure.name, "title": title,
            "at": counted.at, "value": counted.value,
        }  # fmt: skip


def unplanned(plans: Sequence[InForce], seen: Sight) -> list[Told]:
    """List warnings in force of which no plan of their place says what they ask for."""
    named: dict[str, set[str]] = {}
    for plan in plans:
        hazards = named.setdefault(plan.plan.region_id, set())
        for response in plan.spec.responses:
            for stage in response.stages:
                for trigger in stage.triggers:
                    hazards |= set(trigger.warning.hazards) if trigger.warning else set()
    return [
        one
        for one in seen.alerts
        if not any(one.hazard in hazards and one.concerns(at) for at, hazards in named.items())
    ]
