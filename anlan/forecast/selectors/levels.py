"""What a forecast reaches, in levels: 1 red (the worst) to 4 blue, by the table."""

from collections.abc import Iterable

from anlan import codes

TABLE = "forecast-levels"


def level_of(reached: str) -> int | None:
    """Tell the level of a level of a stream or of a stage; None when it has none."""
    table = codes.table(TABLE)
    return table[reached].whole("level") if reached in table else None


def worst(levels: Iterable[int | None]) -> int | None:
    """Tell the worst of some levels; None when there is none."""
    return min((one for one in levels if one is not None), default=None)
