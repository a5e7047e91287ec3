"""What responses tell the modules above: one began, grew or shrank, ended; always by a person.

A response (应急响应) runs by a plan, in one of its stages. Here `level` is the response's (1
gravest), None in a stage that has none (紧急防汛期, 结束后的恢复); an alert's colour and an event's
grade are other things.
"""

from dataclasses import dataclass
from datetime import datetime

from anlan.kernel.events import Event, declare
from anlan.sense.events import Level


@dataclass(frozen=True, kw_only=True)
class _OfResponse(Event):
    """What every fact about a response tells."""

    #: Public id of the response.
    response: str
    #: Code of the plan it runs by, e.g. ``typhoon-flood``.
    plan: str
    #: Version of the plan it runs by: that of its beginning, whatever is approved meanwhile.
    version: int
    #: Key of the response in its plan, e.g. ``sea`` (海上防台风).
    key: str
    #: Key of the stage it is in now, within the response, e.g. ``4``.
    stage: str
    #: Level of the stage.
    level: Level | None
    #: Keys of the hazards in ``codes/hazards``.
    hazards: tuple[str, ...]
    #: The narrowest region code that holds all of `regions`.
    region: str
    #: Every region code it holds in, as stored; each with all below it.
    regions: tuple[str, ...]
    #: Reference of the person who did it, or wrote down the decision of another (`oral`).
    by: str
    #: Decided by word of mouth and written down by `by`; whoever decided signs later.
    oral: bool = False
    #: When the response began (workspace time).
    started_at: datetime
    #: What it prepares for: ``landfall``, ``water``, ``wind`` or ``night``.
    expects: str
    #: When that is expected; None while nobody knows.
    expected_at: datetime | None = None


@declare
@dataclass(frozen=True, kw_only=True)
class ResponseStarted(_OfResponse):
    """A person started a response (启动). Its steps are owed from the same transaction on."""


@declare
@dataclass(frozen=True, kw_only=True)
class ResponseMoved(_OfResponse):
    """A person took a response to another stage (提升, 降低), or named another moment.

    Where only the expected moment or the regions changed, both stages are the same.
    """

    #: Key of the stage before.
    stage_was: str
    #: Its level.
    level_was: Level | None
    #: Whether it grew. Stages stand in an order that levels alone do not tell: 紧急防汛期 has none.
    raised: bool
    moved_at: datetime


@declare
@dataclass(frozen=True, kw_only=True)
class ResponseEnded(_OfResponse):
    """A person ended a response (结束); nothing of it is open any more, or somebody took it over.

    `stage` and `level` are those it had at last.
    """

    #: The gravest level it reached; None when no stage of it had one.
    worst: Level | None
    ended_at: datetime


@declare
@dataclass(frozen=True, kw_only=True)
class ResponseProposed(Event):
    """The situation asks for a stage of a response, or for a graver one than was proposed before.

    Nothing has begun: a person starts it or declines, with a reason.
    """

    proposal: str
    plan: str
    key: str
    stage: str
    level: Level | None
    region: str
    proposed_at: datetime
