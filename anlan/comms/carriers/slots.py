"""Which declared channels may carry a ladder's word now, and who takes over when one fails."""

from collections.abc import Container, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import Q

from anlan.comms.carriers.console import CONSOLE
from anlan.comms.channels import CHANNELS, Channel, channel_of
from anlan.comms.declaration import Declaration
from anlan.comms.declaration.declared import Words
from anlan.comms.declaration.shelf import shelf
from anlan.comms.models import CarrierState, Message
from anlan.kernel import workspace
from anlan.protocols.declared.templates import names_of


@dataclass(frozen=True)
class Slot:
    """One declared channel in its turn among those that serve the same word."""

    #: The word of the ladder, and what it stands for.
    word: str
    channel: Channel
    declaration: Declaration
    #: Carriers whose failures come to it next.
    takes_over: tuple[str, ...]
    #: The first takes what nobody has tried and what a carrier that is gone has failed with: all
    #: but what comes to the others.
    is_first: bool
    others: tuple[str, ...]
    #: Whether it failed last: then one request is ventured, not a thousand.
    is_doubtful: bool
    #: The other channels declared for this word.
    siblings: tuple[str, ...] = ()
    #: The only regions it has devices for; None where it leads to persons.
    regions: tuple[str, ...] | None = None

    @property
    def key(self) -> str:
        """The declared channel's key."""
        return self.declaration.key

    @cached_property
    def names(self) -> frozenset[str]:
        """What its templates name of a message."""
        return names_in(self.declaration)

    @property
    def fresh(self) -> Q:
        """What is to be tried by this one next."""
        if self.regions is not None:
            return Q(state="queued", region__in=self.regions)
        if self.is_first:
            return Q(state="queued") & ~Q(carrier__in=self.others)
        return Q(state="queued", carrier__in=self.takes_over)

    @property
    def unknown(self) -> Q:
        """What it may have taken already, and is asked again under the same name."""
        if self.regions is not None:
            return Q(state="unknown", carrier=self.key)
        if self.is_first:
            return Q(state="unknown") & ~Q(carrier__in=self.siblings)
        return Q(state="unknown", carrier=self.key)

    @property
    def separator(self) -> str:
        """What stands between several addresses."""
        return self.declaration.outgoing.separator if self.declaration.outgoing else ","

    @property
    def batch(self) -> int:
        """Recipients one request may name."""
        return self.declaration.outgoing.batch if self.declaration.outgoing else 1


def names_in(declared: Declaration) -> frozenset[str]:
    """Tell what a declared channel's templates name of a message."""
    if declared.outgoing is None:
        return frozenset(("text", "subject"))
    trees: list[Any] = [*declared.outgoing.request.templates, declared.outgoing.item]
    trees += [one for it in declared.approved for one in it.params.values()]
    return frozenset().union(*map(names_of, trees))


def declared_for(word: str) -> list[Declaration]:
    """List the declared channels that serve a word, in the order they are tried.

    In exercises and demonstrations there is the console twin and nothing else, whatever the files
    say: no real telephone can ring.
    """
    found = [
        one
        for one in shelf().in_force().values()
        if one.enabled and word in (one.channel, one.key)
    ]  # fmt: skip
    found.sort(key=lambda one: (one.order, one.key))
    return [_twin_of(word, found)] if workspace.current().console_only else found


def is_mute(word: str) -> bool:
    """Tell whether a ladder's word asks for devices where no file in force declares any.

    Such a word asks for nothing: a ladder may name loudspeakers before there are any.
    """
    if channel_of(word).needs != "device":
        return False
    return not any(
        one.enabled and word in (one.channel, one.key) for one in shelf().in_force().values()
    )


def _twin_of(word: str, declared: Sequence[Declaration]) -> Declaration:
    """Let the console say what the channel tried first would say, word for word."""
    if not declared:
        return replace(CONSOLE, channel=word, words=Words(channel_of(word).words))
    first = declared[0]
    return replace(
        CONSOLE, channel=word, words=first.words, approved=first.approved,
        outgoing=first.outgoing, outline=first.outline,
    )  # fmt: skip


def slots(word: str, now: datetime) -> list[Slot]:
    """List those that may be used now; one that failed waits for its time."""
    declared = declared_for(word)
    states = {
        state.key: state
        for state in CarrierState.objects.filter(
            key__in=[one.key for one in declared], failures__gt=0
        )
    }
    usable = [
        one
        for one in declared
        if one.key not in states or (states[one.key].again_at or now) <= now
    ]  # fmt: skip
    if channel_of(word).needs == "device" and not workspace.current().console_only:
        return _by_device(word, usable, states)
    order = [one.key for one in declared]
    turns = _turns(order, [one.key for one in usable])
    return [
        Slot(
            word=word,
            channel=channel_of(word),
            declaration=one,
            takes_over=turns[one.key],
            is_first=place == 0,
            others=tuple(failed for key in turns if key != one.key for failed in turns[key]),
            siblings=tuple(key for key in order if key != one.key),
            is_doubtful=one.key in states,
        )
        for place, one in enumerate(usable)
    ]


def devices_for(declared: Declaration, region: str) -> tuple[str, ...]:
    """List the devices that sound in a region: those in it or around it."""
    return tuple(one.id for one in declared.devices if region.startswith(one.region))


def _by_device(word: str, usable: Sequence[Declaration], states: Container[str]) -> list[Slot]:
    """Give each channel the regions it has devices in; none can do another's work."""
    due = Message.objects.filter(channel=word, state="queued", due_at__isnull=False)
    regions = due.order_by().values_list("region", flat=True).distinct()
    return [
        Slot(
            word=word,
            channel=channel_of(word),
            declaration=one,
            takes_over=(),
            is_first=False,
            others=(),
            is_doubtful=one.key in states,
            regions=tuple(region for region in regions if devices_for(one, region)),
        )
        for one in usable
    ]


def _turns(order: Sequence[str], usable: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Give each usable one what the others failed with: the next in order after who failed."""
    turns: dict[str, list[str]] = {key: [] for key in usable}
    for place, failed in enumerate(order if usable else ()):
        circle = [*order[place + 1 :], *order[: place + 1]]
        turns[next(key for key in circle if key in turns)].append(failed)
    return {key: tuple(failed) for key, failed in turns.items()}


def words() -> list[str]:
    """List the words that messages a machine sends may have: the kinds, and declared keys."""
    kinds = [key for key, one in CHANNELS.items() if not one.by_hand and not one.at_once]
    return [*kinds, *(key for key in shelf().in_force() if key not in CHANNELS)]
