"""What a channel would send and how fast, before anybody sends: for looking ahead and for boards.

Whoever tells in advance what messages cost or when the last is out asks here, so that a check
before the button and the board after it reckon alike.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from anlan import codes
from anlan.comms.carriers.slots import declared_for, names_in
from anlan.comms.channels import channel_of
from anlan.comms.composing import Approver, Composer
from anlan.comms.declaration.declared import Words
from anlan.comms.linking import sample_link

TABLE = "call-pace"
OTHER = "other"


@dataclass(frozen=True, slots=True)
class Pacing:
    """How many messages a channel takes a second, and on how many lines."""

    per_second: float
    lines: int

    def seconds(self, messages: int) -> int:
        """Tell how long so many of them take, in whole seconds."""
        return math.ceil(messages / self.per_second) if self.per_second else 0


def row_of(word: str) -> codes.Code:
    """Find what the table ``call-pace`` says of a ladder's word."""
    table = codes.table(TABLE)
    return table.get(word) or table[OTHER]


def pacing_of(word: str) -> Pacing:
    """Tell how fast a channel goes.

    Of what machines carry as the files of its carriers declare; of what people do, and where no
    carrier says how fast it is, as the table estimates.
    """
    row = row_of(word)
    seconds, lines = row.number("seconds") or 1.0, row.whole("lines") or 1
    declared = [] if channel_of(word).by_hand else declared_for(word)
    if declared:
        lines = sum(one.pace.lines for one in declared)
        if all(one.pace.per_second for one in declared):
            return Pacing(sum(one.pace.per_second for one in declared), lines)
    return Pacing(lines / seconds, lines)


def is_carried(word: str) -> bool:
    """Tell whether a machine would carry a ladder's word as things are set up now."""
    return not channel_of(word).by_hand and bool(declared_for(word))


class Foretold:
    """Writes what a channel would send, as the sending itself does; the link is of a real length.

    As the carrier that is tried first takes it; where none is set up, as a plain one would.
    """

    def __init__(self, word: str) -> None:
        first = next(iter(declared_for(word)), None)
        words, approved = (first.words, first.approved) if first else (Words(), ())
        names = names_in(first) if first else frozenset[str]()
        self._composer = Composer(words, names, Approver(approved))
        self._link = "" if channel_of(word).to_place else sample_link()

    def text(self, kind: str, told: Mapping[str, str]) -> str:
        """Write the text of one message of a kind; "" where it could not be sent at all."""
        made: dict[str, Any] | str = self._composer.compose(kind, {**told, "link": self._link})
        return "" if isinstance(made, str) else str(made["charged"])
