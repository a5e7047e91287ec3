"""Ticking the roll: what somebody says about people becomes lines of the ledger.

Words come from a page, from a phone that was without a signal for an hour, or from a sheet. Each is
judged by itself: one that is wrong does not hold back the others. A word that came before is the
same word; one that is older than what is known already is kept and changes nothing.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from anlan.base.db.among import among
from anlan.base.db.inserting import insert_rows
from anlan.base.obligations.services import settle
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may
from anlan.base.places.models import Shelter
from anlan.base.places.services import SHUT, note_occupancy
from anlan.base.vault import services as vault
from anlan.kernel import clock
from anlan.kernel.errors import Invalid, Missing
from anlan.respond.evacuation.kinds import KIND, SUBJECT
from anlan.respond.evacuation.models import Entry, Evacuation, Part, Tick
from anlan.respond.evacuation.selectors.pages import parts_seen
from anlan.respond.evacuation.services.finding import note, under_way
from anlan.respond.evacuation.services.judging import Judged, check, judge
from anlan.respond.evacuation.services.straying import note_strays
from anlan.respond.evacuation.states import counts_as

#: Words of one transaction; a phone sends fewer, a sheet more.
MOST = 500
LONGEST_NOTE = 300
CHANGED = ("people", "state", "inside_id", "reason", "said_at", "unplaced")


@dataclass(frozen=True, kw_only=True)
class Word:
    """What is said about an entry, or about everybody of a household."""

    state: str
    entry: str = ""
    household: str = ""
    reason: str = ""
    note: str = ""
    #: Where they are; of who is in a shelter, else the place kept for them.
    shelter: str = ""
    #: How many of them, where not all.
    people: int | None = None
    #: By the clock of the device; now when it does not say.
    said_at: datetime | None = None
    #: Made by the device, so that sent again it is the same word.
    client: str = ""


@dataclass(frozen=True)
class Said:
    """What became of a word: done, again (it came before), late (a later word is known), wrong."""

    outcome: str
    client: str = ""
    why: str = ""


@dataclass(frozen=True)
class Ticker:
    """Who ticks, with which device; `parts` are the villages a link lets them tick."""

    by: Actor
    device: str = ""
    parts: Collection[str] = ()

    def may(self, part: Part) -> bool:
        """Tell whether they may tick in a village."""
        return part.pk in self.parts or may(self.by, "evacuations.tick", part.region_id)


@dataclass
class _Work:
    """What one transaction writes."""

    lines: list[Tick] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    changed: dict[str, Entry] = field(default_factory=dict)
    fresh: list[Entry] = field(default_factory=list)
    moved: dict[str, int] = field(default_factory=dict)
    strayed: list[tuple[Entry, int]] = field(default_factory=list)
    done: dict[str, int] = field(default_factory=dict)


def tick_roll(*, evacuation: str, words: Sequence[Word], ticker: Ticker) -> list[Said]:
    """Write down what is said, in transactions of at most `MOST` words; one answer each.

    Raises `Missing` for a batch the ticker may not see, `Conflict` for one that is not under way.
    """
    told: list[Said] = []
    for start in range(0, len(words), MOST):
        told += _tick(evacuation, words[start : start + MOST], ticker)
    return told


@transaction.atomic
def _tick(evacuation: str, words: Sequence[Word], ticker: Ticker) -> list[Said]:
    batch = Evacuation.objects.filter(pk=evacuation).first()
    if batch is None:
        raise Missing("没有这个转移批次")
    entries = _entries(batch, words, ticker)
    if not entries and not ticker.parts and not parts_seen(ticker.by, batch).exists():
        raise Missing("没有这个转移批次")
    under_way(batch)
    shelters = _shelters(words)
    known = _known(entries.values(), words)
    work, told, now = _Work(), [], clock.now()
    for word in words:
        own = _of(word, entries)
        try:
            _check_shelter(word, shelters)
            told.append(_say(word, own, known, work, (ticker, now)))
        except Invalid as error:
            told.append(Said("wrong", word.client, error.detail))
    _write(batch, work, ticker)
    return told


def _shelters(words: Sequence[Word]) -> set[str]:
    named = {word.shelter for word in words if word.shelter}
    rows = Shelter.objects.filter(pk__in=named, retired_at=None).exclude(status__in=SHUT)
    return set(rows.values_list("pk", flat=True))


def _check_shelter(word: Word, shelters: Collection[str]) -> None:
    if word.shelter and word.shelter not in shelters:
        raise Invalid("没有这个安置场所，或者它已关闭、停用")


def _entries(batch: Evacuation, words: Sequence[Word], ticker: Ticker) -> dict[str, Entry]:
    """Fetch and hold whom the words are about, as far as the ticker may tick them."""
    wanted = Q(pk__in={word.entry for word in words if word.entry})
    wanted |= Q(household__in={word.household for word in words if word.household})
    rows = Entry.objects.select_for_update(of=("self",)).filter(wanted, evacuation=batch)
    found = rows.select_related("part").order_by("pk")
    return {row.pk: row for row in found if ticker.may(row.part)}


def _of(word: Word, entries: Mapping[str, Entry]) -> list[Entry]:
    if word.entry:
        return [entries[word.entry]] if word.entry in entries else []
    # Whoever was struck off is brought back by name only.
    return [
        one
        for one in entries.values()
        if word.household and one.household_id == word.household and one.state != "struck"
    ]


def _known(entries: Collection[Entry], words: Sequence[Word]) -> set[tuple[str, str]]:
    clients = {word.client for word in words if word.client}
    rows = Tick.objects.filter(entry__in=[one.pk for one in entries], client__in=clients)
    return {(entry, client or "") for entry, client in rows.values_list("entry_id", "client")}


def _say(
    word: Word,
    entries: Sequence[Entry],
    known: set[tuple[str, str]],
    work: _Work,
    who: tuple[Ticker, datetime],
) -> Said:
    if not entries:
        raise Invalid("名单上没有这一户（人），或不归您打勾")
    fresh = [one for one in entries if not word.client or (one.pk, word.client) not in known]
    if not fresh:
        return Said("again", word.client)
    if word.people is not None and len(fresh) > 1:
        raise Invalid("人数要对名单上的一行说")
    for one in fresh:  # all or nothing: a household is checked whole before any of it is moved
        check(one, word)
    judged = [judge(one, word, who[1]) for one in fresh]
    for done in judged:
        _keep(done, word, work, who)
        known.add((done.entry.pk, word.client))
    late = not any(done.applies for done in judged)
    return Said("late" if late else "done", word.client)


def _keep(judged: Judged, word: Word, work: _Work, who: tuple[Ticker, datetime]) -> None:
    """Turn one judgement into lines of the ledger and what they do to the roll."""
    ticker, now = who
    note_ = word.note.strip()[:LONGEST_NOTE]
    for place, line in enumerate(judged.lines()):
        line.at, line.by, line.device = now, ticker.by.ref, ticker.device[:40]
        # The first line is about the entry the word names: sent again it is found by that.
        line.client = word.client[:40] or None if place == 0 else None
        work.lines.append(line)
        work.notes.append(note_)
    for one in judged.fresh:
        work.fresh.append(one)
    for one in judged.changed:
        work.changed[one.pk] = one
    for shelter, number in judged.moved:
        work.moved[shelter] = work.moved.get(shelter, 0) + number
    if judged.applies:
        work.done[judged.state] = work.done.get(judged.state, 0) + 1
        if judged.strays:
            work.strayed.append((judged.target, judged.target.people or 0))


def _write(batch: Evacuation, work: _Work, ticker: Ticker) -> None:
    if not work.lines:
        return
    insert_rows(work.fresh)
    fresh = {one.pk for one in work.fresh}
    changed = [one for pk, one in sorted(work.changed.items()) if pk not in fresh]
    _change(changed)
    pairs = zip(work.lines, work.notes, strict=True)
    sealed = vault.seal_many([(line.entry.seal, {"note": text}) for line, text in pairs])
    for line, texts in zip(work.lines, sealed, strict=True):
        line.note = texts["note"] or ""
    insert_rows(work.lines)
    note_occupancy(changes=work.moved, by=ticker.by)
    regions = {line.region_id for line in work.lines}
    note(
        batch, "ticked", ticker.by,
        {"states": work.done, "entries": sorted({line.entry_id for line in work.lines}),
         "device": ticker.device[:40]},
        region=regions.pop() if len(regions) == 1 else "",
    )  # fmt: skip
    if work.strayed:
        note_strays(batch=batch, strayed=work.strayed, by=ticker.by)
    _settle({line.entry.part_id for line in work.lines}, ticker.by)


def _change(entries: Sequence[Entry]) -> None:
    """Write what ticks did to entries: one statement for all that came to the same."""
    alike: dict[tuple[Any, ...], list[str]] = defaultdict(list)
    for one in entries:
        alike[tuple(getattr(one, name) for name in CHANGED)].append(one.pk)
    for values, some in alike.items():
        changes = dict(zip(CHANGED, values, strict=True))
        Entry.objects.filter(among("id", some)).update(**changes)


def _settle(parts: Collection[str], by: Actor) -> None:
    """Strike off what a village owes once nobody of it is left."""
    pending = [state for state, counted in counts_as().items() if counted == "pending"]
    left = Entry.objects.filter(part__in=parts, state__in=pending)
    waiting = set(left.order_by().values_list("part_id", flat=True).distinct())
    settle(kind=KIND, subjects=[(SUBJECT, pk) for pk in set(parts) - waiting], by=by, done=True)
