"""What a door is told once its observations are durable."""

from dataclasses import dataclass, field

from anlan.protocols.observations import Rejection


@dataclass(frozen=True, slots=True)
class Receipt:
    """The fate of one body. ``accepted + duplicates + len(rejected)`` is what was sent."""

    #: Stored now, revisions of a known value among them.
    accepted: int
    #: Known before with the same value, or twice in the same body.
    duplicates: int
    #: In order of index: those the decoder rejected and those refused after it.
    rejected: list[Rejection] = field(default_factory=list)
