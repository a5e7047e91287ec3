"""The list of newest values, written as JSON column by column: ten thousand rows in one go.

A dict for each row, and each dict written by itself, would take four times as long. What a row
shows whatever its value is, is written once for each catalog.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

import numpy as np
import orjson
from numpy.typing import NDArray

from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import reach
from anlan.engines.series import Times
from anlan.sense.selectors.catalog import Catalog, catalog, inside
from anlan.sense.selectors.standings import Standings, is_old, standings
from anlan.sense.selectors.streams import VIEW

MOST = 20_000
#: The end of the year 9999.
LAST_MS: Final = 253_402_300_800_000
SPELLING: Final = orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NAIVE_UTC | orjson.OPT_UTC_Z

#: JSON of one thing, or of one column of each row.
Text = bytes
Column = Sequence[Text]

#: The nearest level: the beginning of one of `Ladders.kinds`, and three figures.
NEAREST: Final = b'%s,"value":%s,"distance":%s,"share":%s}'


def latest_list(actor: Actor, *, region: str = "", q: str = "", size: int = MOST) -> Text:
    """Write the newest value of every stream the actor may see, the nearest to its level first.

    Returns the JSON of an array.
    """
    found = catalog()
    mine, _ = reach(actor, VIEW, within=region)
    places = inside(found, mine)
    if q:
        places = np.array([at for at in places.tolist() if _matches(found, at, q)], np.intp)
    now = standings(found, places)
    order = np.argsort(now.judged.nearest.distance, kind="stable")[:size]
    return _rows(found, now, order) if len(order) else b"[]"


def _matches(found: Catalog, at: int, q: str) -> bool:
    row = found.rows[at]
    text = f"{row['code']} {row['name']} {row['station__name']} {row['region__name']}"
    return q.lower() in text.lower()


def _rows(found: Catalog, now: Standings, order: NDArray[np.intp]) -> Text:
    values, at = now.judged.found, order.tolist()
    known, openings = values.known[order], _openings(found)
    return _joined(
        [openings[place] for place in now.places[order].tolist()],
        b',"value":', _spelt(np.where(known, values.value[order], np.nan)),
        b',"time":', _where(known, _spelt(_times(values.time[order]))),
        b',"flags":', _shared(np.where(known, values.flags[order], 0).tolist()),
        b',"standing":', _shared([now.standing[place] for place in at]),
        b',"old":', _shared(is_old(now)[order].tolist()),
        b',"level":', _shared([now.level[place] for place in at]),
        b',"nearest":', _nearest(found, now, order),
        b"},",
    )  # fmt: skip


def _joined(first: Column, *parts: Text | Column) -> Text:
    """Join columns to rows and rows to an array; a text between columns is the same in each row."""
    width = 1 + len(parts)
    cells: list[Text] = [b""] * (width * len(first))
    for at, part in enumerate((first, *parts)):
        cells[at::width] = [part] * len(first) if isinstance(part, bytes) else part
    cells[0] = b"[" + cells[0]
    cells[-1] = cells[-1].replace(b",", b"]")
    return b"".join(cells)


@lru_cache(maxsize=1)
def _openings(found: Catalog) -> Column:
    """Write the beginning of each stream's row, without the closing brace."""
    return [orjson.dumps(shown)[:-1] for shown in found.shown]


def _nearest(found: Catalog, now: Standings, order: NDArray[np.intp]) -> Column:
    """Write the nearest level of each stream, and the part of the way its value has gone to it.

    The way begins at the end of the instrument's range that is not dangerous; without one the part
    is not known.
    """
    kind, places = now.judged.nearest.kind[order], now.places[order]
    limit, rises = found.ladders.limit[places, kind], found.ladders.sign[places, kind] > 0
    base = np.where(rises, found.low[places], found.high[places])
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.round((now.judged.found.value[order] - base) / (limit - base), 4)
    share[~np.isfinite(share)] = np.nan
    distance = np.round(now.judged.nearest.distance[order], 6)
    words = [
        orjson.dumps({"kind": one.code, "label": one.title, "label_en": one.title_en})[:-1]
        for one in found.ladders.kinds
    ]
    figures = zip(kind.tolist(), _spelt(limit), _spelt(distance), _spelt(share), strict=True)
    return [
        b"null" if one < 0 else NEAREST % (words[one], value, ahead, part)
        for one, value, ahead, part in figures
    ]


def _times(time_ms: Times) -> NDArray[np.datetime64]:
    """Turn milliseconds into instants; what lies outside of dates comes out as the earliest."""
    return np.where(np.abs(time_ms) < LAST_MS, time_ms, 0).astype("datetime64[ms]")


def _spelt(values: NDArray[Any]) -> Column:
    """Write figures or instants, each by itself; NaN is null."""
    return orjson.dumps(values, option=SPELLING)[1:-1].split(b",")


def _shared(values: list[Any]) -> Column:
    """Write values of which there are few different ones."""
    spelt = {one: orjson.dumps(one) for one in set(values)}
    return [spelt[one] for one in values]


def _where(known: NDArray[np.bool_], column: Column) -> Column:
    if known.all():
        return column
    return [one if there else b"null" for one, there in zip(column, known.tolist(), strict=True)]
