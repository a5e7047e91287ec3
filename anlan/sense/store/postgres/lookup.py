"""Finding single keys among closed rows, by the primary key."""

from typing import Final

import numpy as np
from psycopg import sql

from anlan.engines.series import Numbers, Times, Values
from anlan.sense.store.interface import Marks
from anlan.sense.store.postgres.reading import moment
from anlan.sense.store.postgres.schema import Connection

Answer = tuple[Marks, Values]

QUERY: Final = sql.SQL(
    "SELECT (given.at - 1)::int4, o.value FROM unnest(%b::int4[], %b::int8[])"
    " WITH ORDINALITY AS given (number, ms, at) JOIN telemetry.observation AS o"
    " ON o.number = given.number"
    " AND o.time = 'epoch'::timestamptz + ms * interval '1 millisecond'"  # exact
    " WHERE o.time >= {since} AND o.time <= {until}"
)


def find(connection: Connection, number: Numbers, time: Times) -> Answer:
    """Tell which keys are taken, and their values (NaN where not)."""
    found = np.zeros(len(number), np.bool_)
    values = np.full(len(number), np.nan)
    if not len(number):
        return found, values
    query = QUERY.format(since=moment(int(time.min())), until=moment(int(time.max())))
    rows = connection.execute(query, (number.tolist(), time.tolist()), binary=True).fetchall()
    if rows:
        at, value = zip(*rows, strict=True)
        found[list(at)], values[list(at)] = True, value
    return found, values
