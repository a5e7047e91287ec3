"""What a run gives back, and its form in JSON and as a table."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anlan.engines.registry.declaration import Engine, Item

#: Arrays of floats or whole numbers; times are int64 milliseconds; texts are lists.
Value = NDArray[Any] | list[str] | float | int | str


@dataclass(frozen=True, slots=True)
class Result:
    """Outputs by key, in the units the engine declares.

    notes: what was assumed or put right. stopped: why a run did not reach its end, or ""; what it
    gives is sound up to there.
    """

    values: Mapping[str, Value]
    notes: tuple[str, ...] = ()
    stopped: str = ""


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
    """Lay every output that runs along `axis` alone into one table: head with units, and rows."""
    columns = [
        (item, result.values[item.key])
        for item in engine.outputs
        if item.axes == (axis,) and item.key in result.values
    ]
    if not columns:
        return None
    head = [f"{item.key} ({item.unit})" if item.unit else item.key for item, _ in columns]
    cells = [plain(item, value)["values"] for item, value in columns]
    return head, [list(row) for row in zip(*cells, strict=True)]


def _moment(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000.0, tz=UTC).isoformat().replace("+00:00", "Z")


def _nulls(value: NDArray[Any]) -> Any:
    """Make nested lists in which NaN is None."""
    words: NDArray[np.object_] = value.astype(object)
    if value.dtype.kind == "f":
        words[~np.isfinite(value)] = None
    return words.tolist()
