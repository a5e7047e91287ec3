"""What the telephones of each village tell: how likely none of them got through by chance.

People are counted, not messages: whose telephone is flat misses all of them. And like is compared
with like: whoever has answered is not tried again, so that those who are tried late are those whose
telephones never worked; they are weighed against others with the same past, at the same time.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from typing import NamedTuple

from anlan.warn.silence.scene import (
    ALIVE,
    SILENT,
    UNKNOWN,
    Limits,
    Scene,
    Sent,
    Sign,
    last_heard,
    odds,
)

#: What is known of a telephone before a try: nothing, that it works, that it did not.
NEW, WORKED, FAILED = "new", "worked", "failed"
#: Tries are compared with others from the same minute on.
MINUTE = 60.0


class _Try(NamedTuple):
    """One try that has an outcome: whose, and how it went before."""

    sent: Sent
    who: str
    #: The carrier and the past: what it may be compared with.
    kind: tuple[str, str]


def phone_signs(scene: Scene, limits: Limits) -> dict[str, Sign]:
    """Tell of each village whether its telephones take messages."""
    tries, heard = _settled(scene, limits), last_heard(scene)
    by_village: dict[str, list[_Try]] = defaultdict(list)
    for one in tries:
        by_village[one.sent.village].append(one)
    whose = _people(scene)
    controls = _Controls(tries)
    chance = min(limits.chance, limits.mistaken / max(len(by_village), 1))
    signs = {}
    for village, own in by_village.items():
        missed = {one.who: one for one in own if one.sent.at > heard[village]}
        if not missed:
            last = max(one.sent.heard for one in own)
            signs[village] = Sign(ALIVE if last else UNKNOWN, len(own), last or None)
            continue
        enough = min(limits.several, len(whose[village]))
        told = _is_silent(missed.values(), enough, chance, controls, limits)
        signs[village] = Sign(SILENT if told else UNKNOWN, len(missed))
    return signs


def missed_villages(scene: Scene, limits: Limits) -> set[str]:
    """List the villages with as many missed people as it takes, before chance is weighed.

    Told from some tries only it may be too many villages, never too few.
    """
    heard, whose = last_heard(scene), _people(scene)
    missed: dict[str, set[str]] = defaultdict(set)
    for place, one in enumerate(scene.sent):
        if one.at > heard[one.village] and _is_missed(one, scene.now, limits):
            missed[one.village].add(_who(place, one))
    return {
        village
        for village, people in missed.items()
        if len(people) >= min(limits.several, len(whose[village]))
    }


def _people(scene: Scene) -> dict[str, set[str]]:
    """List by village whom anybody has tried to reach."""
    whose: dict[str, set[str]] = defaultdict(set)
    for place, sent in enumerate(scene.sent):
        whose[sent.village].add(_who(place, sent))
    return whose


def _is_missed(one: Sent, now: float, limits: Limits) -> bool:
    """Tell whether a try is known not to have got through, or is overdue."""
    return not one.proved and (one.off or one.failed or now - one.at >= limits.receipt_s)


def _who(place: int, sent: Sent) -> str:
    return sent.person or f"#{place}"


def _settled(scene: Scene, limits: Limits) -> list[_Try]:
    """List the tries whose outcome is known or overdue, the earliest first, each with its past."""
    past: dict[tuple[str, str, str], str] = {}
    found = []
    for place, one in sorted(enumerate(scene.sent), key=lambda pair: pair[1].at):
        if not (one.proved or _is_missed(one, scene.now, limits)):
            continue
        who = _who(place, one)
        key = (one.village, who, one.carrier)
        before = past.get(key, NEW)
        found.append(_Try(one, who, (one.carrier, before)))
        past[key] = WORKED if one.proved or before == WORKED else FAILED
    return found


def _is_silent(
    missed: Collection[_Try], enough: int, chance: float, controls: "_Controls", limits: Limits
) -> bool:
    """Weigh the people of one village none of whom was got through to since it was last heard."""
    off = sum(one.sent.off for one in missed)
    if len(missed) < enough or off >= enough:
        return off >= enough
    first = min(one.sent.at for one in missed) - limits.receipt_s
    by_chance = 1.0
    for one in missed:
        if not one.sent.off:
            by_chance *= controls.odds_of(one, first, limits.least)
    return by_chance <= chance


class _Controls:
    """How others fared who were tried at the same time or later."""

    def __init__(self, tries: Sequence[_Try]) -> None:
        self._tries = tries
        self._since: dict[float, _Counts] = {}

    def odds_of(self, one: _Try, since: float, least: int) -> float:
        """Tell how likely somebody in a village that lives is missed; 1 where nobody can tell."""
        minute = since // MINUTE * MINUTE
        if minute not in self._since:
            later = [other for other in self._tries if other.sent.at >= minute]
            self._since[minute] = _Counts(later)
        return self._since[minute].odds_of(one, least)


class _Counts:
    """Of each kind, how many people were missed and got through to, in all and by village."""

    def __init__(self, tries: Sequence[_Try]) -> None:
        newest = {(one.sent.village, one.who): one for one in tries}
        lives: dict[str, set[str]] = defaultdict(set)
        for (village, who), one in newest.items():
            if one.sent.proved:
                lives[village].add(who)
        #: Everybody; and those beside somebody else of their village who was got through to:
        #: however many villages are cut off, theirs are not.
        self._all: Counter[tuple[str, tuple[str, str], bool]] = Counter()
        self._beside: Counter[tuple[str, tuple[str, str], bool]] = Counter()
        for (village, who), one in newest.items():
            for place in ("", village):
                self._all[place, one.kind, one.sent.proved] += 1
                if lives[village] - {who}:
                    self._beside[place, one.kind, one.sent.proved] += 1

    def odds_of(self, one: _Try, least: int) -> float:
        for counts in (self._beside, self._all):
            proved, missed = (
                counts["", one.kind, got] - counts[one.sent.village, one.kind, got]
                for got in (True, False)
            )
            if proved + missed >= least:
                return odds(missed, proved)
        return 1.0
