"""What instruments and the way make of the truth: values and times as they reach the doors."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anlan.demo.county.model import Stream

from .plan import Fault

Floats = NDArray[np.float64]

HOUR_MS: Final = 3_600_000
#: So long after it is back a gateway begins to send what it kept, and so fast it sends, hours.
AWAKE_H: Final = 0.08
HURRY: Final = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Observations of one stream as they are sent; hours count from the day's first.

    ``measured`` is what the device says, ``sent`` when it is sent, ``value`` what it sends. Rows of
    ``again`` were sent before.
    """

    measured: Floats
    sent: Floats
    value: Floats
    again: NDArray[np.bool_]

    def __len__(self) -> int:
        """Count the observations."""
        return self.measured.size

    def keep(self, mask: NDArray[np.bool_]) -> Rows:
        """Leave some out."""
        return Rows(self.measured[mask], self.sent[mask], self.value[mask], self.again[mask])


def of_stream(faults: Iterable[Fault], stream: Stream, gateway: str) -> list[Fault]:
    """Pick the faults that touch a stream."""
    return [
        fault for fault in faults if stream.code in fault.streams or fault.gateway == gateway
    ]  # fmt: skip


def shown(faults: Iterable[Fault], hours: Floats, value: Floats) -> Floats:
    """Let instruments fail: what they show, in the quantity's unit, as they truly would."""
    for fault in faults:
        spoil = _SPOILING.get(fault.kind)
        if spoil is not None:
            value = spoil(fault, hours, value.copy())
    return value


def sent(faults: Iterable[Fault], rows: Rows) -> Rows:
    """Let the way fail: what is sent when."""
    for fault in faults:
        disturb = _DISTURBING.get(fault.kind)
        if disturb is not None:
            rows = disturb(fault, rows)
    return rows


def during(fault: Fault, hours: Floats) -> NDArray[np.bool_]:
    """Tell which times lie in a fault's span."""
    return (hours >= fault.span[0]) & (hours < fault.span[1])


def _stuck(fault: Fault, hours: Floats, value: Floats) -> Floats:
    rows = np.flatnonzero(during(fault, hours))
    value[rows] = value[rows[0]] if rows.size else 0.0
    return value


def _drift(fault: Fault, hours: Floats, value: Floats) -> Floats:
    rows = np.flatnonzero(during(fault, hours))
    if rows.size:
        half = sum(fault.span) / 2
        share = np.clip((hours[rows] - half) / (fault.span[1] - half), 0, 1)
        value[rows] = np.round(value[rows[0]] + fault.size * share, 2)
    return value


def spike_rows(fault: Fault, hours: Floats) -> NDArray[np.int64]:
    """Tell which values of a stream a fault turns into spikes."""
    at = np.arange(fault.span[0], fault.span[1], fault.every)
    at = at[(at >= hours[0]) & (at <= hours[-1])] if hours.size else at[:0]
    return np.unique(np.minimum(np.searchsorted(hours, at), hours.size - 1))


def _spikes(fault: Fault, hours: Floats, value: Floats) -> Floats:
    value[spike_rows(fault, hours)] += fault.size
    return value


def _calibration(fault: Fault, hours: Floats, value: Floats) -> Floats:
    value[during(fault, hours)] = fault.size
    return value


_SPOILING: Final[dict[str, Callable[[Fault, Floats, Floats], Floats]]] = {
    "stuck": _stuck,
    "drift": _drift,
    "spikes": _spikes,
    "calibration": _calibration,
}


def _scale(fault: Fault, rows: Rows) -> Rows:
    factor = np.where(during(fault, rows.measured), fault.size, 1.0)
    return replace(rows, value=rows.value * factor)


def _ahead(fault: Fault, rows: Rows) -> Rows:
    more = np.where(during(fault, rows.measured), fault.size, 0.0)
    return replace(rows, measured=rows.measured + more)


def _twice(fault: Fault, rows: Rows) -> Rows:
    more = rows.keep(during(fault, rows.measured))
    return Rows(
        np.concatenate([rows.measured, more.measured]),
        np.concatenate([rows.sent, more.sent + fault.size]),
        np.concatenate([rows.value, more.value]),
        np.concatenate([rows.again, np.ones(len(more), bool)]),
    )


def _away(fault: Fault, rows: Rows) -> Rows:
    gone = during(fault, rows.sent)
    later = fault.span[1] + AWAKE_H + (rows.sent - fault.span[0]) * HURRY
    return replace(rows, sent=np.where(gone, later, rows.sent))


def _lost(fault: Fault, rows: Rows) -> Rows:
    return rows.keep(~during(fault, rows.sent))


_DISTURBING: Final[dict[str, Callable[[Fault, Rows], Rows]]] = {
    "scale": _scale,
    "ahead": _ahead,
    "twice": _twice,
    "away": _away,
    "lost": _lost,
}
