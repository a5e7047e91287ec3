"""A reservoir: what it holds, how much room is left, and what a release does.

Levels are metres above the reservoir's own datum, storage m3, flows m3/s.
Source of the routing: modified Puls, as in Chow, Maidment and Mays 1988, section 8.2.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from anlan.engines.basin.losses import rain_for
from anlan.kernel.errors import Invalid

Floats = NDArray[np.float64]

#: Points the table is drawn out to, so that outlets switched on at a level do so sharply.
_FINE: Final = 800


@dataclass(frozen=True, slots=True, eq=False)
class Reservoir:
    """Tables by level, (k,) each.

    level: m, rising. storage: m3, rising. spill: m3/s over what no gate holds back. outlet: m3/s
    that gates, pipes and turbines can let out at the utmost.
    """

    level: Floats
    storage: Floats
    spill: Floats
    outlet: Floats


@dataclass(frozen=True, slots=True)
class Season:
    """A part of the year, both days included, as (month, day), and the level allowed in it, m.

    One that begins later in the year than it ends goes over New Year.
    """

    name: str
    begins: tuple[int, int]
    ends: tuple[int, int]
    limit: float


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """How a reservoir goes on, (..., t) each, at the end of every step.

    released: m3/s, mean of the step, through gates. spilled: likewise, over the spillway. beyond:
    the level has left the table, which means over the crest or dry.
    """

    level: Floats
    storage: Floats
    released: Floats
    spilled: Floats
    beyond: NDArray[np.bool_]


def reservoir_of(
    level: ArrayLike,
    storage: ArrayLike,
    *,
    spill: ArrayLike | None = None,
    outlet: ArrayLike | None = None,
) -> Reservoir:
    """Take the tables; `Invalid` when levels or storages do not rise, or an outflow falls.

    A spillway or outlet nobody told of lets out nothing.
    """
    high, held = np.asarray(level, dtype=np.float64), np.asarray(storage, dtype=np.float64)
    if high.ndim != 1 or high.shape != held.shape or len(high) < 2:
        raise Invalid("水位库容表至少要两行，两列一样长")
    over, out = (
        np.zeros(len(high)) if part is None else np.asarray(part, dtype=np.float64)
        for part in (spill, outlet)
    )
    if over.shape != high.shape or out.shape != high.shape:
        raise Invalid("泄流能力要与水位库容表逐行对应")
    if not ((np.diff(high) > 0).all() and (np.diff(held) > 0).all() and held[0] >= 0):
        raise Invalid("水位库容表的水位和库容都要逐行增大，库容不能为负")
    if (over < 0).any() or (out < 0).any() or (np.diff(over) < 0).any() or (np.diff(out) < 0).any():
        raise Invalid("泄流能力不能为负，也不能随水位升高而减小")
    return Reservoir(high, held, over, out)


def storage_at(reservoir: Reservoir, level: ArrayLike) -> Floats:
    """Tell what is held, m3, at levels; NaN outside the table, which knows nothing there."""
    high = np.asarray(level, dtype=np.float64)
    held = np.interp(high, reservoir.level, reservoir.storage, left=np.nan, right=np.nan)
    return np.asarray(held)


def limit_on(seasons: Sequence[Season], day: date) -> Season | None:
    """Tell which season's limit holds on a day; nothing between the seasons."""
    now = (day.month, day.day)
    for season in seasons:
        over_new_year = season.begins > season.ends
        after, before = now >= season.begins, now <= season.ends
        if (after or before) if over_new_year else (after and before):
            return season
    return None


def rain_room(
    reservoir: Reservoir, level: float, to: float, *, area: float, number: float
) -> float:
    """Tell how much rain, mm, on the catchment fills the reservoir from `level` to `to` (纳雨能力).

    area: m2. number: the catchment's curve number as it is now. Nothing is let out meanwhile.
    """
    held, full = (float(storage_at(reservoir, one)) for one in (level, to))
    if np.isnan(held) or np.isnan(full):
        raise Invalid("水位超出了水位库容表")
    return float(rain_for(max(full - held, 0.0) / area * 1000.0, number))


def course(
    reservoir: Reservoir, level: float, inflow: ArrayLike, release: ArrayLike, step: float
) -> Course:
    """Let a reservoir go on from `level` with inflow (..., t) m3/s and a wanted release (t,) m3/s.

    Gates give what is wanted as far as the outlet can; the spillway gives what it gives. step:
    seconds; flows are means of a step. Inflow not known (NaN) makes what follows unknown.
    """
    coming = np.asarray(inflow, dtype=np.float64)
    wanted = np.broadcast_to(np.asarray(release, dtype=np.float64), coming.shape[-1:])
    held = storage_at(reservoir, level)
    if np.isnan(held) or not (wanted >= 0).all() or step <= 0:
        raise Invalid("起始水位要在水位库容表之内，下泄流量不能为负或不明，时段要大于零")
    fine = _drawn_out(reservoir)
    now = np.full(coming.shape[:-1], float(held))
    columns: list[tuple[Floats, Floats, Floats]] = []
    for moment in range(coming.shape[-1]):
        gates = np.minimum(fine.outlet, wanted[moment])
        # What leaves is that of the storage in the middle of the step, so water is kept exactly:
        # held + coming = later + leaving, a rising function of `later` for the storage now.
        before = np.interp(now, fine.storage, fine.spill + gates)
        given = now + (coming[..., moment] - before / 2) * step
        later = _solved(given, fine.storage, fine.storage + (fine.spill + gates) * step / 2)
        through = (np.interp(now, fine.storage, gates) + np.interp(later, fine.storage, gates)) / 2
        # The balance says what left in all; an emptied reservoir gave less than its gates could.
        left = np.maximum(coming[..., moment] - (later - now) / step, 0.0)
        released = np.minimum(through, left)
        columns.append((later, released, left - released))
        now = later
    later, released, spilled = (np.stack(part, axis=-1) for part in zip(*columns, strict=True))
    beyond = (later >= reservoir.storage[-1]) | (later <= reservoir.storage[0])
    return Course(_level_of(reservoir, later), later, released, spilled, beyond)


def hours_to(level: float, start: float, levels: ArrayLike, step: float) -> Floats:
    """Tell hours until levels (..., t) that begin at `start` first reach `level`; inf for never.

    Straight within the step in which it happens; nought when it stands there already. NaN when the
    levels turn unknown before they reach it.
    """
    then = np.asarray(levels, dtype=np.float64)
    first = np.broadcast_to(np.float64(start), (*then.shape[:-1], 1))
    path = np.concatenate((first, then), axis=-1)
    reached = path >= level
    at = reached.argmax(axis=-1)
    low = np.take_along_axis(path, np.maximum(at - 1, 0)[..., None], axis=-1)[..., 0]
    high = np.take_along_axis(path, at[..., None], axis=-1)[..., 0]
    part = np.where(high > low, (level - low) / np.where(high > low, high - low, 1.0), 1.0)
    hours = np.where(at > 0, at - 1 + part, 0.0) * step / 3600.0
    never = np.where(np.isnan(path).any(axis=-1), np.nan, np.inf)
    return np.where(reached.any(axis=-1), hours, never)


def _drawn_out(reservoir: Reservoir) -> Reservoir:
    level = np.union1d(np.linspace(reservoir.level[0], reservoir.level[-1], _FINE), reservoir.level)
    held, spill, outlet = (
        np.interp(level, reservoir.level, part)
        for part in (reservoir.storage, reservoir.spill, reservoir.outlet)
    )
    return Reservoir(level, held, spill, outlet)


def _solved(given: Floats, storage: Floats, indicator: Floats) -> Floats:
    """Find the storage whose indicator is `given`; beyond the table outflow stays the greatest."""
    within = np.interp(given, indicator, storage)
    above = storage[-1] + (given - indicator[-1])
    return np.asarray(np.where(given > indicator[-1], above, np.maximum(within, storage[0])))


def _level_of(reservoir: Reservoir, held: Floats) -> Floats:
    within = np.interp(held, reservoir.storage, reservoir.level)
    rise = (reservoir.level[-1] - reservoir.level[-2]) / (
        reservoir.storage[-1] - reservoir.storage[-2]
    )
    above = reservoir.level[-1] + (held - reservoir.storage[-1]) * rise
    return np.where(held > reservoir.storage[-1], above, within)
