"""Which responses ran at a moment, and in which stage: by their turns."""

from dataclasses import dataclass
from datetime import datetime

from anlan.plans.selectors.steps import response_of, spec_at
from anlan.respond.papers.selectors.asof.where import Where
from anlan.respond.responses.models import Response, Turn


@dataclass(frozen=True)
class StageThen:
    """A response as it stood."""

    id: str
    title: str
    stage: str
    stage_title: str
    level: int | None
    #: When it began, and when it came to this stage.
    started_at: datetime
    since: datetime
    case: str


def stages_at(where: Where, at: datetime) -> list[StageThen]:
    """List the responses that ran, the gravest first."""
    rows = Response.objects.filter(started_at__lte=at).filter(where.rows())
    turns: dict[str, list[Turn]] = {}
    for turn in Turn.objects.filter(response__in=rows, at__lte=at).order_by("number"):
        turns.setdefault(turn.response_id, []).append(turn)
    found = [
        _stage(row, turns[row.pk])
        for row in rows.order_by("pk")
        if row.pk in turns and turns[row.pk][-1].verb != "end"
    ]
    return sorted(found, key=lambda one: (one.level or 9, one.started_at, one.id))


def _stage(row: Response, turns: list[Turn]) -> StageThen:
    last = turns[-1]
    since = next(
        one.at for one in reversed(turns) if one.stage_was != one.stage and one.verb != "expect"
    )
    declared = response_of(spec_at(row.plan_id, row.version), row.key)
    title = next((one.title for one in declared.stages if one.key == last.stage), last.stage)
    return StageThen(
        row.pk, row.title, last.stage, title, last.level, row.started_at, since, row.case
    )
