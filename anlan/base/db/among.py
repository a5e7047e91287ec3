"""Choosing rows by very many values: one parameter, whatever their number.

`column__in` makes a parameter of every value: preparing a thousand of them costs more than finding
the rows, and every number of them is another statement to parse.
"""

from collections.abc import Collection
from typing import Any

import orjson
from django.db import models
from django.db.models import F, Func

from anlan.base.db.arrays import spelled


def among(column: str, values: Collection[str]) -> "Among":
    """Make a condition for `filter`: the text in `column` is one of `values`.

    The column's index answers it, as it does for ``IN``.
    """
    return Among(column, list(values))


class Among(Func):
    """The condition `among` makes."""

    output_field = models.BooleanField()

    def __init__(self, column: str, values: list[str]) -> None:
        super().__init__(F(column))
        self._values = values

    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        """Spell the condition for the database at hand."""
        column, params = compiler.compile(self.source_expressions[0])
        if connection.vendor == "postgresql":
            return f"{column} = ANY(%s)", [*params, spelled(self._values)]
        listed = orjson.dumps(self._values).decode()
        return f"{column} IN (SELECT value FROM json_each(%s))", [*params, listed]  # noqa: S608
