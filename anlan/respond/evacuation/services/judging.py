"""What one word means for one entry: from which state to which, for how many, or why not."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from anlan import codes
from anlan.kernel.errors import Invalid
from anlan.kernel.ids import new_id
from anlan.respond.evacuation.models import Entry, Tick
from anlan.respond.evacuation.states import (
    HOME,
    RELATIVES,
    RETURNED,
    SHELTERED,
    SPLIT,
    STRAYED,
)

STATES, REASONS = "evacuation-states", "evacuation-reasons"


class Spoken(Protocol):
    """What a word says, as far as it is judged."""

    @property
    def state(self) -> str:
        """Code of the state, or ``returned``."""

    @property
    def reason(self) -> str:
        """Code of the reason, where the state asks for one."""

    @property
    def shelter(self) -> str:
        """Where they are."""

    @property
    def people(self) -> int | None:
        """How many, where not all."""

    @property
    def said_at(self) -> datetime | None:
        """When, by the clock of the device."""


@dataclass
class Judged:
    """What is to be written: nothing is changed before all of a word was judged."""

    entry: Entry
    #: Whom it moves: the entry, or who was split off it.
    target: Entry
    state: str
    was: str
    said_at: datetime
    applies: bool = True
    reason: str = ""
    shelter: str | None = None
    strays: bool = False
    fresh: list[Entry] = field(default_factory=list)
    changed: list[Entry] = field(default_factory=list)
    #: People into (or out of) shelters.
    moved: list[tuple[str, int]] = field(default_factory=list)
    #: (entry, from, to, how many): what changes how many they are, before they are moved.
    sizes: list[tuple[Entry, str, str, int | None]] = field(default_factory=list)

    def lines(self) -> list[Tick]:
        """Write the lines of the ledger, those of sizes first."""
        lines = [self._line(entry, was, state, people) for entry, was, state, people in self.sizes]
        moving = self._line(self.target, self.was, self.state, self.target.people)
        moving.shelter_id, moving.reason, moving.applies = self.shelter, self.reason, self.applies
        return [*lines, moving]

    def _line(self, entry: Entry, was: str, state: str, people: int | None) -> Tick:
        return Tick(
            evacuation_id=entry.evacuation_id, region_id=entry.part.region_id, entry=entry,
            people=people, was=was, state=state, said_at=self.said_at,
        )  # fmt: skip


def check(entry: Entry, word: Spoken) -> None:
    """Refuse a word that cannot be about an entry; nothing is changed."""
    state = _state(entry, word.state)
    _shelter(entry, word, state)
    _reason(word, state)
    if word.people is not None and word.people < 1:
        raise Invalid("人数至少为 1")
    if word.people is not None and word.people != entry.people and entry.resident_id:
        raise Invalid("名单上的一个人就是 1 人")


def judge(entry: Entry, word: Spoken, now: datetime) -> Judged:
    """Tell what a checked word about an entry does; the entry takes it on."""
    # A clock that is ahead cannot have heard from the future.
    said_at = min(word.said_at or now, now)
    state = _state(entry, word.state)
    shelter = _shelter(entry, word, state)
    reason = _reason(word, state)
    known = entry.said_at
    same = state == entry.state and shelter == entry.inside_id and word.people is None
    if (known is not None and said_at < known) or same:
        return Judged(
            entry, entry, state, entry.state, said_at, applies=False, reason=reason,
            shelter=shelter,
        )  # fmt: skip
    judged = Judged(
        entry, entry, state, entry.state, said_at, reason=reason, shelter=shelter,
        strays=state == STRAYED,
    )  # fmt: skip
    _resize(judged, word.people)
    _move(judged)
    return judged


def _state(entry: Entry, said: str) -> str:
    if said != RETURNED:
        row = codes.table(STATES).get(said)
        if row is None or not row.flag("ticked"):
            raise Invalid(f"花名册上没有「{said}」这一种")
        return said
    lifted = entry.part.lifted_at is not None
    if entry.state == STRAYED and lifted:
        return HOME[RELATIVES if entry.stay not in ("", "shelter") else SHELTERED]
    if entry.state in HOME.values():
        return entry.state
    if entry.state not in HOME:
        raise Invalid("还没有转移安置，不能打“已返回”")
    return HOME[entry.state] if lifted else STRAYED


def _shelter(entry: Entry, word: Spoken, state: str) -> str | None:
    if state != SHELTERED:
        return None
    shelter = word.shelter or entry.inside_id or entry.shelter_id
    if not shelter:
        raise Invalid("请写明安置在哪个场所")
    return shelter


def _reason(word: Spoken, state: str) -> str:
    wanted = codes.table(STATES)[state].text("reasons")
    if not wanted:
        return ""
    row = codes.table(REASONS).get(word.reason)
    if row is None or row.text("of") != wanted:
        raise Invalid(f"「{codes.table(STATES).name(state)}」要选一条原因")
    return row.code


def _resize(judged: Judged, people: int | None) -> None:
    """Take what a word says of how many: learn it, split some off, or find more than listed."""
    entry, state = judged.entry, judged.was
    if people is None or people == entry.people:
        return
    if entry.people is None:
        judged.sizes = [(entry, state, "", None), (entry, "", state, people)]
        _grow(judged, people)
    elif people > entry.people:
        judged.sizes = [(entry, "", state, people - entry.people)]
        if entry.inside_id:
            judged.moved.append((entry.inside_id, people - entry.people))
        _grow(judged, people)
    else:
        _split(judged, people)


def _grow(judged: Judged, people: int) -> None:
    judged.entry.people = people
    judged.changed.append(judged.entry)


def _split(judged: Judged, people: int) -> None:
    entry, state = judged.entry, judged.was
    some = Entry(
        id=new_id(), evacuation_id=entry.evacuation_id, part=entry.part,
        household_id=entry.household_id, zone_id=entry.zone_id, origin=SPLIT, seal=entry.seal,
        name=entry.name, phone=entry.phone, people=people, urgency=entry.urgency,
        first=entry.first, lead_id=entry.lead_id, stay=entry.stay, shelter_id=entry.shelter_id,
        unplaced=entry.unplaced, state=state, inside_id=entry.inside_id, reason=entry.reason,
        said_at=entry.said_at,
    )  # fmt: skip
    entry.people = (entry.people or 0) - people
    judged.sizes = [(entry, state, "", people), (some, "", state, people)]
    judged.changed.append(entry)
    judged.fresh.append(some)
    judged.target = some


def _move(judged: Judged) -> None:
    one, number = judged.target, judged.target.people or 0
    if one.inside_id != judged.shelter:
        if one.inside_id:
            judged.moved.append((one.inside_id, -number))
        if judged.shelter:
            judged.moved.append((judged.shelter, number))
    one.state, one.inside_id, one.reason = judged.state, judged.shelter, judged.reason
    one.said_at = judged.said_at
    if judged.state == SHELTERED:
        one.unplaced = ""
    judged.changed.append(one)
