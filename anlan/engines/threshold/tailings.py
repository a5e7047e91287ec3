"""The warning level of a tailings pond from the levels of its monitoring points.

Source: GB 39496-2020 and GB 51108-2015: within one monitored item four points at blue make the
item yellow, three at yellow orange, two at orange red; four items at blue count as one item at
yellow. That three yellow items make one orange and two orange ones one red follows by analogy.
The pond is at its worst item's level.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

#: How many at a level make the next one: 4 blue, 3 yellow, 2 orange.
MAKES_WORSE: Final = {4: 4, 3: 3, 2: 2}


def worst(levels_by_item: Mapping[str, Iterable[int | None]]) -> int | None:
    """Grade a pond, 1 red to 4 blue; None when nothing has reached a level.

    Parameters
    ----------
    levels_by_item
        By monitored item the level of each of its points; None is below blue, or not known.

    >>> worst({"seepage line": [4, 4, 4, 4], "dry beach": [None]})
    3
    """
    return escalated([escalated(points) for points in levels_by_item.values()])


def items(levels_by_item: Mapping[str, Iterable[int | None]]) -> dict[str, int | None]:
    """Grade each item by itself."""
    return {item: escalated(points) for item, points in levels_by_item.items()}


def escalated(levels: Iterable[int | None]) -> int | None:
    """Give the worst of some levels, where so many at one level make one of the next.

    What stands at a worse level has passed the milder one too, so it counts there as well; what
    was made by counting is not counted again.
    """
    known = [level for level in levels if level is not None]
    if not known:
        return None
    _refuse_unknown(known)
    made = [
        level - 1
        for level, needed in MAKES_WORSE.items()
        if sum(one <= level for one in known) >= needed
    ]
    return min(known + made)


def _refuse_unknown(levels: Sequence[int]) -> None:
    wrong = [level for level in levels if not 1 <= level <= 4]
    if wrong:
        raise ValueError(f"levels go from 1 to 4, not {wrong}")
