"""What is asked of whoever gathers an input, and what comes back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from anlan.base.regions import scope
from anlan.forecast.declaration import Input
from anlan.forecast.models import Run


@dataclass(frozen=True)
class Asking:
    """One input of one run."""

    run: Run
    input: Input

    @property
    def based_ms(self) -> int:
        """Nothing newer than this may be in it."""
        return millis(self.run.based_at)

    @property
    def back_ms(self) -> int:
        """How far back it reaches; as far as the run itself where the declaration does not say."""
        if self.input.back is not None:
            return round(self.input.back.total_seconds() * 1000)
        return self.based_ms - millis(self.run.valid_from)

    def inside(self, column: str = "region_id") -> Q:
        """Narrow rows to the run's region and below."""
        return scope.within((scope.prefix(self.run.region_id),), column)


@dataclass(frozen=True)
class Gathered:
    """What was found; None instead of it: nothing was."""

    #: Ready for JSON by msgspec, or bytes as they came; None where all there was is `refused`.
    content: Any
    #: When the newest part of it was measured or issued; None: it has no age.
    newest: int | None = None
    #: What was found wanting, a sentence each; said when it is used.
    notes: tuple[str, ...] = ()
    #: What was there and could not be used, a sentence each; said whatever was found instead.
    refused: tuple[str, ...] = ()
    #: What the file is called below ``inputs/``; "" for NAME.json.
    file: str = ""
    #: The storm it is of, as the agencies number it; "" when it is of none.
    storm: str = ""

    def is_older(self, bound: timedelta | None, based_ms: int) -> bool:
        """Tell whether it is older than a bound at a moment; what has no age never is."""
        if bound is None or self.newest is None:
            return False
        return based_ms - self.newest > bound.total_seconds() * 1000


Kind = Callable[[Asking], Gathered | None]


def millis(moment: datetime) -> int:
    """Tell a moment in milliseconds since 1970 UTC."""
    return round(moment.timestamp() * 1000)
