"""What a module keeps beside the rows of its register, in the transaction that writes them.

A number given to every new row, a count that tells other processes to read anew: neither is one
row's truth (`clean`), nor can it wait for an event. The function is called before the rows are
stored and journalled, with new, changed, retired and restored rows alike; it may fill in columns
that no form sets, and nothing else.
"""

from collections.abc import Callable, Sequence
from typing import Any

from anlan.base.register.models import Row
from anlan.kernel.errors import Conflict

Keep = Callable[[Sequence[Any]], None]

_kept: dict[type[Row], Keep] = {}


def keep_with(*models: type[Row]) -> Callable[[Keep], Keep]:
    """Have a function called, inside the transaction, before rows of these models are written."""

    def declare(keep: Keep) -> Keep:
        for model in models:
            if _kept.setdefault(model, keep) is not keep:
                raise Conflict(f"{model.__name__} 已有随写入保持的内容")
        return keep

    return declare


def keep(model: type[Row], rows: Sequence[Row]) -> None:
    """Let the model's module keep what goes with these rows."""
    if rows and model in _kept:
        _kept[model](rows)
