"""What is decided on responses is written in the duty log of the county by itself."""

from datetime import datetime

from anlan.base.people import selectors as people
from anlan.base.people.models import Post
from anlan.base.permissions.actor import Actor
from anlan.kernel import clock
from anlan.respond.duty.selectors.desks import county_of
from anlan.respond.duty.services import note_fact
from anlan.respond.responses import deed_names
from anlan.respond.responses.models import Response, Turn
from anlan.respond.responses.states import EXPECTED, TURNS

KIND = "response"


def log_turn(row: Response, turn: Turn, by: Actor) -> None:
    """Write a turn in the log, in the caller's transaction: what, why, who decided by word."""
    said = [_what(row, turn), turn.reason]
    if turn.oral:
        said.append(f"{_who(turn)}{_at(turn.said_at)}口头决定，{by.name}记录，待补签")
    _log(row, f"{turn.number}", "；".join(part for part in said if part), by)


def log_signature(row: Response, turn: Turn, by: Actor) -> None:
    """Write in the log that a decision by word of mouth has been signed."""
    what = TURNS[turn.verb][0]
    _log(row, f"{turn.number}:signed", f"{_who(turn)}补签口头决定：{what}{row.title}", by)


def _log(row: Response, once: str, content: str, by: Actor) -> None:
    note_fact(
        region=county_of(row.region_id), kind=KIND, content=content, case=row.case,
        link=(deed_names.SUBJECT, row.pk), once=f"response:{row.pk}:{once}", by=by,
    )  # fmt: skip


def _what(row: Response, turn: Turn) -> str:
    what = f"{TURNS[turn.verb][0]}：{row.stage_title}"
    if turn.verb in ("start", "expect") and row.expected_at:
        what += f"，预计{EXPECTED[row.expects][0]} {_at(row.expected_at)}"
    return what


def _who(turn: Turn) -> str:
    title = Post.objects.filter(pk=turn.post_id).values_list("title", flat=True).first() or ""
    name = people.names_of([turn.person_id]).get(turn.person_id, "") if turn.person_id else ""
    return f"{title}{name} "


def _at(at: datetime | None) -> str:
    local = clock.local(at) if at else None
    return f"{local.month}月{local.day}日 {local:%H:%M} " if local else ""
