"""What was lost, told by the module above that counts it: it declares here how it is read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from anlan.kernel.registry import Registry


@dataclass(frozen=True, kw_only=True)
class Loss:
    """One figure. None is not known, which is not nought."""

    name: str
    value: float | None
    unit: str
    #: It can only be more: some have not told it.
    at_least: bool = False


@dataclass(frozen=True, kw_only=True)
class LossTold:
    """What the losses of one matter came to in a region."""

    title: str
    #: Which report says so, as it is called; "" where it is added up from those below.
    report: str
    #: For which moment the figures hold; None where nobody has told any.
    as_of: datetime | None
    figures: Sequence[Loss]
    #: Names of the regions below that had told nothing.
    missing: Sequence[str] = ()
    #: The case they were counted in.
    case: str = ""


#: The region's code and the moment -> the matters whose losses were counted there.
Reader = Callable[[str, datetime], Sequence[LossTold]]
READERS: Registry[Reader] = Registry("灾情数字")


def declare_losses(name: str, read: Reader) -> None:
    """Declare who tells losses."""
    READERS.add(name, read)


def losses_at(region: str, at: datetime) -> list[LossTold]:
    """List what was known of losses in a region at a moment; empty where nobody counted any."""
    return [told for read in READERS.values() for told in read(region, at)]
