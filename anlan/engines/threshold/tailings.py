"""The warning level of a tailings pond from the levels of its monitoring points.

Source: GB 39496-2020 and GB 51108-2015: within one monitored item four points at blue make the
item yellow, three at yellow orange, two at orange red; four items at blue count as one item at
yellow. That three yellow items make one orange and two orange ones one red follows by analogy.
The pond is at its worst item's level.

So points make an item's level once, while what some items count as is an item and counts on: four
blue items and two yellow ones are three yellow, which is orange. No item counts twice.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
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
    return carried(items(levels_by_item).values())


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


def carried(levels: Iterable[int | None]) -> int | None:
    """Give the level of a pond from those of its items: so many of one level count as one worse.

    >>> carried([4, 4, 4, 4, 3, 3])
    2
    """
    known = [level for level in levels if level is not None]
    _refuse_unknown(known)
    count = {level: known.count(level) for level in (4, 3, 2, 1)}
    for level, needed in MAKES_WORSE.items():
        count[level - 1] += count[level] // needed
    return next((level for level in (1, 2, 3, 4) if count[level]), None)


def ways(level: int) -> Iterator[dict[int, int]]:
    """List the ways in which items make a level: by level, how many must be there or worse.

    A pond has reached the level exactly when one of them is so.

    >>> list(ways(3))
    [{3: 1}, {4: 4}]
    """
    if level == 4:
        yield {4: 1}
        return
    yield {level: 1}
    for mine in _made_of(level + 1, MAKES_WORSE[level + 1]):
        there: dict[int, int] = {}
        total = 0
        for one in sorted(mine):
            total += mine[one]
            there[one] = total
        yield there


def _made_of(level: int, wanted: int) -> Iterator[dict[int, int]]:
    """Make so many items of a level, each of that level itself or of milder ones together."""
    if level == 4:
        yield {4: wanted}
        return
    yield {level: wanted}
    for missing in range(1, wanted + 1):
        own = {level: wanted - missing} if missing < wanted else {}
        for milder in _made_of(level + 1, missing * MAKES_WORSE[level + 1]):
            yield {**own, **milder}


def _refuse_unknown(levels: Sequence[int]) -> None:
    wrong = [level for level in levels if not 1 <= level <= 4]
    if wrong:
        raise ValueError(f"levels go from 1 to 4, not {wrong}")
