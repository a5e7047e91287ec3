"""What the board is made of: the newest call of every post of a chain of alerts.

Everything is read for all posts at once, in a fixed number of queries: a county's night has twenty
thousand of them. A post that was called several times counts once, as its newest call stands.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from anlan.base.obligations.models import Obligation, Step
from anlan.base.people import selectors as people
from anlan.base.people.models import Post
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import condition
from anlan.comms.channels import channel_of
from anlan.comms.models import Message
from anlan.warn.callrules import KIND
from anlan.warn.models import CallRound

VIEW = "calls.view"

#: Where a post stands, the one that asks for somebody first: code -> Chinese, English, tone.
STANDINGS: Mapping[str, tuple[str, str, str]] = {
    "vacant": ("缺岗", "Vacant", "attention"),
    "silent": ("未应", "Silent", "attention"),
    "delivered": ("已送达", "Delivered", "active"),
    "answered": ("已签收", "Answered", "good"),
    "reported": ("已反馈", "Reported", "good"),
}


class Call(NamedTuple):
    """One call as the database keeps it."""

    id: str
    post: str
    role: str
    region: str
    state: str
    ladder: str
    rung: int
    climb_at: datetime | None
    issued_at: datetime
    answer_due: datetime | None
    reached_at: datetime | None
    answered_at: datetime | None
    reported_at: datetime | None
    closed_at: datetime | None


@dataclass(slots=True)
class Seat:
    """One post on the board."""

    call: Call
    vacant: bool
    delivered: bool
    #: The last thing said: received, on-post, acted or need-help; "" while nothing was.
    said: str = ""
    on_behalf: bool = False

    @property
    def standing(self) -> str:
        """Tell where it stands, a key of `STANDINGS`."""
        if self.call.reported_at is not None:
            return "reported"
        if self.call.answered_at is not None:
            return "answered"
        if self.vacant:
            return "vacant"
        return "delivered" if self.delivered else "silent"

    @property
    def in_time(self) -> bool:
        """Tell whether the answer came before its deadline."""
        at, due = self.call.answered_at, self.call.answer_due
        return at is not None and (due is None or at <= due)


def rounds_of(root: str) -> list[CallRound]:
    """List the rounds of a chain, the first first."""
    return list(CallRound.objects.filter(root=root).order_by("id"))


def calls_of(root: str) -> "QuerySet[Obligation]":
    """Narrow obligations to the calls of a chain."""
    rounds = list(CallRound.objects.filter(root=root).values_list("pk", flat=True))
    return Obligation.objects.filter(kind=KIND, subject_kind=KIND, subject__in=rounds)


def visible_calls(root: str, actor: Actor, region: str = "") -> "QuerySet[Obligation]":
    """Narrow the calls of a chain to those the actor may see, in a region and below."""
    rows, mine = calls_of(root), condition(actor, VIEW, within=region)
    if mine is None:
        return rows
    return rows.filter(mine) if mine else rows.none()


def seats(root: str, actor: Actor, region: str = "") -> list[Seat]:
    """List the posts called in a chain that the actor may see, by region; five queries."""
    rows = visible_calls(root, actor, region)
    newest = _newest(rows)
    vacant = set(
        people.gaps(Post.objects.filter(pk__in=rows.values("debtor"))).values_list("pk", flat=True)
    )
    delivered, said = _delivered(rows), last_said(rows)
    found = []
    for call in newest:
        reply, on_behalf = said.get(call.id, ("", False))
        found.append(
            Seat(call, call.post in vacant, call.reached_at is not None or call.id in delivered,
                 reply, on_behalf)
        )  # fmt: skip
    return found


def _newest(rows: "QuerySet[Obligation]") -> list[Call]:
    columns = rows.order_by("region_id", "debtor_id", "pk").values_list(
        "pk", "debtor_id", "debtor__role", "region_id", "state", "ladder", "rung", "climb_at",
        "issued_at", "answer_due", "reached_at", "answered_at", "reported_at", "closed_at",
    )  # fmt: skip
    return list({values[1]: Call(*values) for values in columns}.values())


def _delivered(rows: "QuerySet[Obligation]") -> set[str]:
    """List the calls that a message has proved to reach its person; unreliable ways never do."""
    messages = Message.objects.filter(
        purpose_kind="obligation", purpose__in=rows.values("pk"), delivered_at__isnull=False
    ).values_list("purpose", "channel", "state")
    return {
        purpose
        for purpose, name, state in messages
        if not (channel := channel_of(name)).to_place and channel.reaches(state)
    }


def last_said(
    rows: "QuerySet[Obligation]", *, but: Collection[str] = ()
) -> dict[str, tuple[str, bool]]:
    """Tell the last thing said about each call, and whether an officer said it.

    Replies in `but` are passed over: what was said before them holds.
    """
    steps = Step.objects.filter(obligation__in=rows.values("pk"), verb__in=SPOKEN).order_by("pk")
    # As text: the same few answers stand in thousands of rows.
    columns = steps.annotate(spelled=Cast("answers", TextField())).values_list(
        "obligation_id", "spelled", "on_behalf"
    )
    return {
        pk: (reply, behalf)
        for pk, spelled, behalf in columns
        if (reply := _reply(spelled)) not in but
    }


SPOKEN = ("answer", "report", "note")


@lru_cache(maxsize=256)
def _reply(spelled: str) -> str:
    answers: dict[str, Any] = json.loads(spelled) or {}
    return str(answers.get("reply") or "")
