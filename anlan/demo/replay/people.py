"""Simulated people: they answer what they owe, some at once, some late, some never, fewer at night.

They hold the posts of the demo county and answer by their links, as telephones do; a simulated
officer passes departments' warnings on when nobody else has. How long anybody takes is drawn by
the recording's seed, the post and the minute it was asked, so that two replays agree. Posts of the
demo accounts are left to whoever tries them. All that is said says first that it is simulated.
"""

from __future__ import annotations

import heapq
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Final, NamedTuple

from anlan.base.db.among import among
from anlan.base.obligations.kinds import KINDS, Ask
from anlan.base.obligations.models import Obligation
from anlan.base.obligations.selectors import form_in, forms_of
from anlan.base.obligations.services import Reply
from anlan.base.obligations.services.phone import LIVES, PURPOSE, respond_by_links
from anlan.base.people import selectors as people
from anlan.base.permissions.actor import Actor, system
from anlan.base.permissions.models import User
from anlan.base.permissions.selectors import actor_of
from anlan.base.permissions.services.links import Opened, Wanted, issue_links, open_links
from anlan.demo.answering import filled
from anlan.demo.days import noise
from anlan.demo.days.recording import in_ms, moment
from anlan.kernel import clock
from anlan.kernel.errors import AnlanError
from anlan.warn.callrules import KIND as CALL
from anlan.warn.models import Received
from anlan.warn.services.relaying import relay_alert

from .tally import Tally

TABLE: Final = Path(__file__).with_name("people.toml")
#: Account of the officer who passes warnings on (see `accounts`).
OFFICER: Final = "moni-zhiban"
#: What the names of accounts begin with that nobody sits behind.
SIMULATED: Final = "moni-"
BY: Final = system("replay")
#: The larger, the more of them are quick.
HASTE: Final = 3


@dataclass(frozen=True, slots=True)
class Cut:
    """A region nobody answers from any more, from a time on (ms since 1970 UTC)."""

    region: str
    since: int


@dataclass(frozen=True, slots=True)
class Hours:
    """How people are at some hours of the day."""

    begins: int
    ends: int
    never: float
    quick: float
    slow: float
    relay: float

    def holds(self, hour: int) -> bool:
        """Tell whether an hour lies in it; what begins later than it ends goes over midnight."""
        if self.begins < self.ends:
            return self.begins <= hour < self.ends
        return hour >= self.begins or hour < self.ends


@dataclass(frozen=True, slots=True)
class Manners:
    """The table."""

    word: str
    kinds: tuple[str, ...]
    #: Levels and hazards of warnings that the simulated officer passes on.
    relayed: tuple[int, ...]
    hazards: tuple[str, ...]
    hours: tuple[Hours, ...]
    work: tuple[float, float, float]
    call: tuple[tuple[str, float], ...]
    #: Minutes after which the simulated commander decides on what nobody has decided on.
    decides: float

    @classmethod
    def read(cls) -> Manners:
        """Read it."""
        raw = tomllib.loads(TABLE.read_text(encoding="utf-8"))
        hours = tuple(
            Hours(one["from"], one["to"], one["never"], one["quick"], one["slow"], one["relay"])
            for one in raw["hours"]
        )
        work = raw["work"]
        return cls(
            raw["word"], tuple(raw["kinds"]), tuple(raw["relayed"]), tuple(raw["hazards"]), hours,
            (work["never"], work["quick"], work["slow"]), tuple(raw["call"].items()),
            raw["command"]["patience"],
        )  # fmt: skip

    def at(self, ms: int) -> Hours:
        """Tell how people are at a moment."""
        hour = clock.local(moment(ms)).hour
        return next(one for one in self.hours if one.holds(hour))


class Turn(NamedTuple):
    """Who speaks next about what, by when (ms), the post's code and the kind; ids break ties."""

    due: int
    post: str
    kind: str
    obligation: str
    region: str
    #: Asked at, ms; whether it was signed for, so that a report is what is due.
    asked: int
    signed: bool


class People:
    """Everybody who answers in one replay; `act` is called when the clock stands.

    `everybody`: the posts of the demo accounts answer, too.
    """

    def __init__(self, seed: int, cuts: Sequence[Cut], *, everybody: bool = False) -> None:
        self._seed, self._cuts, self._everybody = seed, cuts, everybody
        self._manners = Manners.read()
        self._turns: list[Turn] = []
        self._seen = ""

    def act(self, at: int) -> Tally:
        """Let everybody speak whose time has come; tells what was said and passed on."""
        self._look()
        tally, due = Tally(relayed=self._relay(at)), []
        while self._turns and self._turns[0].due <= at:
            due.append(heapq.heappop(self._turns))
        tally.answers = self._speak(due, at)
        return tally

    def _look(self) -> None:
        """Take in what is newly owed; after a break all that is open."""
        rows = (
            Obligation.objects.filter(
                pk__gt=self._seen, closed_at=None, kind__in=self._manners.kinds
            )
            .exclude(debtor_id__in=self._spared)
            .order_by("pk")
            .values_list("pk", "kind", "debtor__code", "region_id", "issued_at", "answered_at")
        )
        for pk, kind, code, region, issued, answered in rows:
            self._seen = pk
            asked = in_ms(issued)
            turn = Turn(asked, code, kind, pk, region, asked, answered is not None)
            self._plan(turn, asked if answered is None else in_ms(answered))

    def _plan(self, turn: Turn, since: int) -> None:
        """Draw when somebody says the next thing, counted from a time; perhaps never."""
        hours = self._manners.at(since)
        times = self._manners.work if turn.signed else (hours.never, hours.quick, hours.slow)
        name = f"{turn.post}/{turn.kind}/{turn.asked // 60_000}/{turn.signed}"
        never, quick, slow = times
        if noise.share(self._seed, f"{name}/never") < never:
            return
        share = noise.share(self._seed, f"{name}/waits") ** HASTE
        due = since + round((quick + (slow - quick) * share) * 60_000)
        if not any(turn.region.startswith(one.region) and due >= one.since for one in self._cuts):
            heapq.heappush(self._turns, turn._replace(due=due))

    @cached_property
    def _spared(self) -> list[str]:
        """List the posts of the demo accounts."""
        if self._everybody:
            return []
        persons = (
            User.objects.exclude(person="")
            .exclude(username__startswith=SIMULATED)
            .values_list("person", flat=True)
        )
        return [one.post for one in people.held_by(list(persons))]

    def _speak(self, due: Sequence[Turn], at: int) -> int:
        """Let all whose time has come say what is theirs to say, each by a link; tells how many."""
        open_ = Obligation.objects.filter(among("pk", [one.obligation for one in due]))
        rows = {row.pk: row for row in open_.filter(closed_at=None, paused_at=None)}
        links, asked = _links(due, rows), forms_of(rows.values())
        said: list[tuple[Turn, Opened, Reply]] = []
        for turn in due:
            row, link = rows.get(turn.obligation), links.get(turn.obligation)
            if row is None or link is None:
                continue
            if (row.answered_at is not None) == turn.signed:
                said.append((turn, link, self._reply(turn, form_in(asked, row))))
            else:  # somebody was quicker
                self._go_on(turn, at)
        told = respond_by_links(said=[(link, reply) for _, link, reply in said])
        silent = [turn for (turn, *_), done in zip(said, told, strict=True) if done.error]
        # Whoever has nothing left to say may have said it for another of their posts just now.
        signed = set(
            Obligation.objects.filter(among("pk", [one.obligation for one in silent]))
            .filter(closed_at=None, answered_at__isnull=False)
            .values_list("pk", flat=True)
        )
        for (turn, *_), done in zip(said, told, strict=True):
            if done.error is None or turn.obligation in signed:
                self._go_on(turn, at)
        return len(said) - len(silent)

    def _go_on(self, turn: Turn, at: int) -> None:
        """Plan the report of what was signed for."""
        if not turn.signed and "reported" in KINDS[turn.kind].states:
            self._plan(turn._replace(signed=True), at)

    def _reply(self, turn: Turn, report: tuple[Ask, ...]) -> Reply:
        word = self._manners.word
        if turn.kind == CALL:
            return Reply(text=word, answers={"reply": self._said(turn.post)})
        form = report if turn.signed else KINDS[turn.kind].answer_form
        said = f"{word}{'已完成' if turn.signed else '收到'}"
        return Reply(text=said, answers=filled(form, word))

    def _said(self, code: str) -> str:
        share, bound = noise.share(self._seed, f"{code}/said"), 0.0
        for reply, part in self._manners.call:
            bound += part
            if share < bound:
                return reply
        return self._manners.call[0][0]

    def _relay(self, at: int) -> int:
        """Pass on what nobody has dealt with for long enough."""
        officer = self._officer
        if officer is None:
            return 0
        patience = timedelta(minutes=self._manners.at(at).relay)
        waiting = Received.objects.filter(
            handling="waiting",
            received_at__lte=moment(at) - patience,
            level__in=self._manners.relayed,
            hazard__in=self._manners.hazards,
        )
        done = 0
        for pk in waiting.order_by("pk").values_list("pk", flat=True):
            try:
                relay_alert(received=pk, by=officer)
                done += 1
            except AnlanError:  # it asks for a closer look: that is for whoever sits there
                continue
        return done

    @cached_property
    def _officer(self) -> Actor | None:
        user = User.objects.filter(username=OFFICER).first()
        return None if user is None else actor_of(user)


def _links(due: Sequence[Turn], rows: Mapping[str, Obligation]) -> dict[str, Opened]:
    """Make everybody's links at once and open them, for whoever holds each post first."""
    owed = {one.obligation: one for one in due if one.obligation in rows}
    first: dict[str, str] = {}
    for held in people.holdings_on({row.debtor_id for row in rows.values()}):
        first.setdefault(held.post, held.person)
    wanted = [
        Wanted(
            PURPOSE, pk, clock.real_now() + LIVES, rows[pk].debtor_id, first[rows[pk].debtor_id],
            "", turn.region,
        )
        for pk, turn in owed.items() if rows[pk].debtor_id in first
    ]  # fmt: skip
    keys = issue_links(wanted, by=BY) if wanted else []
    return {one.subject: one for one in open_links(keys, PURPOSE).values()}
