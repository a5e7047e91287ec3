"""The board as JSON: the alert, its rounds, counts, rates, a forecast, and a page of posts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Sum

from anlan import codes
from anlan.base.files.selectors import hung_on
from anlan.base.obligations.ladders import WHOM, ladder
from anlan.base.people import selectors as people
from anlan.base.people.models import Post
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import permit
from anlan.base.regions import selectors as regions
from anlan.comms.models import Message
from anlan.kernel import clock
from anlan.kernel.errors import Invalid
from anlan.warn.callrules import GRADE_NAMES
from anlan.warn.models import Alert, CallPress, CallRound
from anlan.warn.selectors.board.counting import by_level, by_place, tally
from anlan.warn.selectors.board.forecast import forecast
from anlan.warn.selectors.board.seats import (
    STANDINGS,
    VIEW,
    Call,
    Seat,
    rounds_of,
    seats,
    visible_calls,
)
from anlan.warn.selectors.rows import alert_for

MOST = 1000
NEED_HELP = "need-help"


@dataclass(frozen=True)
class Query:
    """What a board is asked for; `standing` "" lists every post, `help` those who need it."""

    region: str = ""
    standing: str = ""
    role: str = ""
    page: int = 1
    size: int = 200


def board(actor: Actor, alert: str, query: Query) -> dict[str, Any]:
    """Show the calls of an alert's chain as far as the actor may see them."""
    permit(actor, VIEW)
    row = alert_for(alert, actor)
    if query.standing not in ("", "help", *STANDINGS):
        raise Invalid("没有这种状态", errors={"standing": ["没有这种状态"]})
    found = seats(row.root, actor, query.region)
    rounds = rounds_of(row.root)
    chosen = _chosen(found, query)
    start = (max(query.page, 1) - 1) * query.size
    places = by_place(found)
    names = regions.names([*places, *(seat.call.region for seat in chosen)])
    owed = visible_calls(row.root, actor, query.region).filter(closed_at=None, answered_at=None)
    return {
        "alert": _alert(row),
        "rounds": [_round(one) for one in rounds],
        "filling": any(one.done_at is None and one.ended_at is None for one in rounds),
        "presses": CallPress.objects.filter(root=row.root).count(),
        "counts": tally(found).told(),
        "by_level": by_level(found),
        "by_place": [
            {"region": code, "name": names.get(code, code), **places[code].told()}
            for code in sorted(places)
        ],
        "forecast": forecast(owed),
        "standings": [
            {"standing": key, "label": zh, "label_en": en, "tone": tone}
            for key, (zh, en, tone) in STANDINGS.items()
        ],
        "items": _items(chosen[start : start + query.size], names),
        "total": len(chosen),
        "page": query.page,
        "size": query.size,
        "as_of": clock.now(),
    }


def _chosen(found: Sequence[Seat], query: Query) -> list[Seat]:
    """Keep the posts asked for, those that need somebody first, then by region."""
    kept = [
        seat
        for seat in found
        if (not query.standing or query.standing in (seat.standing, _help(seat)))
        and query.role in ("", seat.call.role)
    ]
    order = {key: place for place, key in enumerate(STANDINGS)}
    kept.sort(key=lambda seat: (seat.said != NEED_HELP, order[seat.standing]))
    return kept


def _help(seat: Seat) -> str:
    return "help" if seat.said == NEED_HELP else ""


def _alert(row: Alert) -> dict[str, Any]:
    return {
        "id": row.pk, "root": row.root, "title": row.title, "kind": row.kind,
        "hazard": row.hazard, "level": row.level, "station": row.station, "state": row.state,
        "region": row.region_id, "regions": row.regions, "case": row.case,
        "issued_at": row.issued_at, "expires_at": row.expires_at,
    }  # fmt: skip


def _round(row: CallRound) -> dict[str, Any]:
    label, label_en = GRADE_NAMES[row.grade]
    return {
        "id": row.pk, "alert": row.alert_id, "grade": row.grade, "label": label,
        "label_en": label_en, "number": row.number, "recall": row.recall,
        "began_at": row.began_at, "done_at": row.done_at, "called": row.called,
        "spared": row.spared,
        "recall_at": row.recall_at, "ended_at": row.ended_at, "ended_why": row.ended_why,
    }  # fmt: skip


def _items(shown: Sequence[Seat], names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Say a page of posts in words; six queries."""
    ids = [seat.call.post for seat in shown]
    posts = {post.pk: post for post in Post.objects.select_related("unit").filter(pk__in=ids)}
    holders = people.holders_of(ids)
    attempts = dict(
        Message.objects.filter(
            purpose_kind="obligation", purpose__in=[seat.call.id for seat in shown]
        )
        .values_list("purpose")
        .annotate(tries=Sum("tries"))
        .order_by()
    )
    spoken = hung_on("obligation", [seat.call.id for seat in shown])
    roles = codes.table("posts")
    return [
        _item(seat, posts[seat.call.post], holders.get(seat.call.post, []), roles)
        | {
            "region_name": names.get(seat.call.region, seat.call.region),
            "attempts": attempts.get(seat.call.id) or 0,
            # A spoken answer, to be heard on the obligation's page.
            "spoken": seat.call.id in spoken,
        }
        for seat in shown
    ]


def _item(
    seat: Seat, post: Post, holders: list[dict[str, Any]], roles: codes.Table
) -> dict[str, Any]:
    call = seat.call
    role = roles.get(post.role)
    turned = _turned_to(call)
    return {
        "obligation": call.id,
        "post": call.post,
        "title": post.title,
        "unit": post.unit.name,
        "role": post.role,
        "role_label": role.name if role else post.role,
        "role_label_en": role.name_en if role else post.role,
        "region": call.region,
        "holders": holders,
        "standing": seat.standing,
        "state": call.state,
        "said": seat.said,
        "on_behalf": seat.on_behalf,
        "vacant": seat.vacant,
        "delivered": seat.delivered,
        "rung": call.rung,
        "rungs": len(ladder(call.ladder).rungs),
        "turned_to": turned[0],
        "turned_to_en": turned[1],
        "next_due": call.climb_at,
        "issued_at": call.issued_at,
        "answer_due": call.answer_due,
        "answered_at": call.answered_at,
        "reported_at": call.reported_at,
        "late": _late(call.answered_at, call.answer_due),
    }


def _turned_to(call: Call) -> tuple[str, str]:
    """Tell whom the last rung turned to, in both languages; nobody before the first."""
    rungs = ladder(call.ladder).rungs
    return WHOM[rungs[min(call.rung, len(rungs)) - 1].whom] if call.rung else ("", "")


def _late(answered: datetime | None, due: datetime | None) -> bool:
    return due is not None and (answered or clock.now()) > due
