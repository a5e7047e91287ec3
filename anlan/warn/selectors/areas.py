"""Where a warning holds, as regions of ours."""

from collections.abc import Iterable

from anlan.base.regions import scope
from anlan.base.regions import selectors as regions


def joint(codes: Iterable[str]) -> str:
    """Name the narrowest region of the list that holds all of some regions of it."""
    found = sorted(set(codes))
    if len(found) == 1:
        return found[0]
    low, high = found[0], found[-1]
    same = next(
        (low[:length] for length in reversed(scope.LENGTHS) if low[:length] == high[:length]), ""
    )
    chain = [*scope.ancestors(scope.pad(same)), scope.pad(same)] if same else []
    known = regions.still_open(chain)
    return next((code for code in reversed(chain) if code in known), regions.top())
