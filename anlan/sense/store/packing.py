"""Observations and buckets as bytes: rows of a fixed size, so that many bodies are one array."""

from collections.abc import Iterable
from typing import Final

import numpy as np

from anlan.engines.series import Buckets, Columns

#: One observation in the log, 22 bytes.
ROW: Final = np.dtype([("number", "<i4"), ("time", "<i8"), ("value", "<f8"), ("flags", "<u2")])

#: One bucket of an hour, 52 bytes.
BUCKET: Final = np.dtype(
    [
        ("number", "<i4"),
        ("start", "<i8"),
        ("n", "<u4"),
        ("last_in", "<u4"),
        ("low", "<f8"),
        ("high", "<f8"),
        ("total", "<f8"),
        ("last", "<f8"),
    ]
)
FIGURES: Final = ("low", "high", "total", "last")


def pack(columns: Columns) -> bytes:
    """Write observations as rows."""
    rows = np.empty(len(columns), ROW)
    rows["number"], rows["time"] = columns.number, columns.time
    rows["value"], rows["flags"] = columns.value, columns.flags
    return rows.tobytes()


def unpack(bodies: Iterable[bytes]) -> Columns:
    """Read the rows of bodies, one after another."""
    rows = np.frombuffer(b"".join(bodies), ROW)
    return Columns.of(rows["number"], rows["time"], rows["value"], rows["flags"])


def pack_buckets(buckets: Buckets) -> bytes:
    """Write buckets of an hour as rows."""
    rows = np.empty(len(buckets), BUCKET)
    rows["number"], rows["start"], rows["n"] = buckets.number, buckets.start, buckets.n
    rows["last_in"] = buckets.last_time - buckets.start
    for name in FIGURES:
        rows[name] = getattr(buckets, name)
    return rows.tobytes()


def unpack_buckets(bodies: Iterable[bytes]) -> Buckets:
    """Read buckets of an hour."""
    rows = np.frombuffer(b"".join(bodies), BUCKET)
    start = np.ascontiguousarray(rows["start"])
    return Buckets(
        number=np.ascontiguousarray(rows["number"]),
        start=start,
        n=rows["n"].astype(np.int64),
        last_time=start + rows["last_in"],
        **{name: np.ascontiguousarray(rows[name]) for name in FIGURES},
    )


def take_buckets(buckets: Buckets, index: object) -> Buckets:
    """Pick buckets by positions, a mask or a slice."""
    return Buckets(
        *(getattr(buckets, name)[index] for name in ("number", "start", "n", *FIGURES, "last_time"))
    )
