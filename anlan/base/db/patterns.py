"""Indexes that nothing asks for.

Beside every key that is text Django makes PostgreSQL a second index, ``..._like``, for searches by
how a key begins. Ids are never searched so; where twenty thousand rows are written in a breath,
each of them costs as much as the index of the key itself.
"""

from collections.abc import Sequence
from typing import Any


def drop_pattern_indexes(schema_editor: Any, tables: Sequence[str]) -> None:
    """Drop them from some tables; a migration calls this."""
    connection = schema_editor.connection
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname FROM pg_indexes WHERE schemaname = current_schema()"
            " AND tablename = ANY(%s) AND indexname LIKE %s",
            [list(tables), r"%\_like"],
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP INDEX {connection.ops.quote_name(name)}")
