"""What a run gives back, and its form in JSON and as a table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from anlan.engines.registry.declaration import Engine, Item

#: Arrays of floats or whole numbers; times are int64 milliseconds; texts are lists.
Value = NDArray[Any] | list[str] | float | int | str


#: Columns of one output that a table holds; more are for the arrays' own file.
_BESIDE: Final = 60


@dataclass(frozen=True, slots=True)
class Result:
    """Outputs by key, in the units the engine declares.

    notes: what was assumed or put right. stopped: why a run did not reach its end, or ""; what it
    gives is sound up to there. files: what lies beside the result in a folder, by name, each made
    when it is asked for.
    """

    values: Mapping[str, Value]
    notes: tuple[str, ...] = ()
    stopped: str = ""
    files: Mapping[str, Callable[[], bytes]] = field(default_factory=dict)


def plain(item: Item, value: Value) -> dict[str, Any]:
    """Put one output into words for JSON: unit, axes, values; what is not known is null."""
    found: dict[str, Any] = {"title": item.title}
    if item.unit:
        found["unit"] = item.unit
    if item.axes:
        found["axes"] = list(item.axes)
    if item.kind == "times":
        found["values"] = [_moment(int(one)) for one in np.asarray(value).ravel()]
    elif isinstance(value, np.ndarray) and value.ndim:
        found["values"] = _nulls(value)
    elif isinstance(value, list):
        found["values"] = value
    else:
        found["value"] = value if isinstance(value, str) else _nulls(np.atleast_1d(value))[0]
    return found


def table(engine: Engine, result: Result, axis: str) -> tuple[list[str], list[list[Any]]] | None:
    """Lay every output that runs along `axis` into one table: head with units, and rows.

    Of an output that runs along another direction before it there is a column for each of these,
    named by the texts that name that direction.
    """
    head: list[str] = []
    columns: list[list[Any]] = []
    for item in engine.outputs:
        if item.key not in result.values or item.axes[-1:] != (axis,) or len(item.axes) > 2:
            continue
        told = plain(item, result.values[item.key])["values"]
        unit = f" ({item.unit})" if item.unit else ""
        if len(item.axes) == 1:
            head.append(item.key + unit)
            columns.append(told)
        elif len(told) <= _BESIDE:
            names = _names(engine, result, item.axes[0]) or [str(n + 1) for n in range(len(told))]
            head.extend(f"{item.key} {name}{unit}" for name in names)
            columns.extend(told)
    if not columns:
        return None
    return head, [list(row) for row in zip(*columns, strict=True)]


def _names(engine: Engine, result: Result, axis: str) -> list[str]:
    for item in engine.outputs:
        value = result.values.get(item.key)
        if item.kind == "texts" and item.axes == (axis,) and isinstance(value, list):
            return value
    return []


def _moment(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000.0, tz=UTC).isoformat().replace("+00:00", "Z")


def _nulls(value: NDArray[Any]) -> Any:
    """Make nested lists in which NaN is None."""
    words: NDArray[np.object_] = value.astype(object)
    if value.dtype.kind == "f":
        words[~np.isfinite(value)] = None
    return words.tolist()
