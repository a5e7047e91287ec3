"""A fine grid inside a coarse one: the coarse run tells the fine one what comes to its sides.

One way: the fine run does not act back. Both run side by side, each on a core, the fine one a
little behind.
"""

from bisect import bisect_left
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise
from threading import Condition
from typing import Final

import numpy as np

from anlan.engines.surge import layout
from anlan.engines.surge.grid import Grid
from anlan.engines.surge.layout import OUT_EAST, OUT_LEVEL, OUT_NORTH, Floats
from anlan.engines.surge.points import points_of
from anlan.engines.surge.running import Watch, run
from anlan.engines.surge.sea import Sea
from anlan.engines.surge.sides import Side, Sides, open_side
from anlan.engines.surge.state import Inputs, Outputs
from anlan.kernel.errors import Invalid

#: m; the level told of a place where the coarse grid is dry: nothing comes from there.
_NOTHING: Final = -1e5
#: Seconds between moments that are told; the tide moves by millimetres in them.
EVERY: Final = 60.0


def run_nested(
    outer: Inputs,
    inner: Inputs,
    *,
    every: float = EVERY,
    watch: Watch | None = None,
    watch_outer: Watch | None = None,
) -> tuple[Outputs, Outputs]:
    """Run `outer`, and `inner` within it; sides of `inner` that are walls stay walls.

    The open sides of `inner` get level and velocity of `outer`, straight between the coarse cells
    and between moments `every` seconds apart: what is on its way in enters, what is on its way out
    leaves. `Invalid` when the grids do not fit. watch: looks on at the fine run, watch_outer at the
    coarse one, each from the thread of its run (see `run`).
    """
    ring = Ring(outer.grid, inner.grid, every)
    told = replace(inner, sides=ring.sides(inner.sides))
    with ThreadPoolExecutor(1) as beside:
        coarse = beside.submit(_run_outer, outer, ring, watch_outer)
        try:
            fine = run(told, watch=watch)
        finally:
            ring.leave()
        return coarse.result(), fine


def _run_outer(outer: Inputs, ring: "Ring", watch: Watch | None) -> Outputs:
    def note(time: float, sea: Sea) -> None:
        ring.note(time, sea)
        if watch is not None:
            watch(time, sea)

    try:
        return run(outer, watch=note)
    finally:
        ring.close()


class Ring:
    """Level and velocities of a coarse run along the sides of a finer grid, by moment."""

    def __init__(self, outer: Grid, inner: Grid, every: float) -> None:
        if outer.geographic != inner.geographic:
            raise Invalid("内外网格应同为经纬度或同为米")
        ny, nx = inner.bed.shape
        west, south = inner.west, inner.south
        east, north = west + nx * inner.dx, south + ny * inner.dy
        places = [
            *((west, y) for y in inner.y),
            *((east, y) for y in inner.y),
            *((x, south) for x in inner.x),
            *((x, north) for x in inner.x),
        ]
        try:
            self.points = points_of(outer, places)
        except Invalid as error:
            raise Invalid("内层网格应整个落在外层网格之内") from error
        ends = np.cumsum([0, ny, ny, nx, nx])
        self.parts = [slice(int(a), int(b)) for a, b in pairwise(ends)]
        self.every = every
        self.times: list[float] = []
        self.values: list[Floats] = []
        self._told = Condition()
        self._closed = self._left = False

    def note(self, time: float, sea: Sea) -> None:
        """Keep what the coarse run is at `time`, if it is long enough since the last."""
        if self._left or (self.times and time < self.times[-1] + self.every):
            return
        found = sea.look(self.points, head=True)
        found[OUT_LEVEL] = np.where(found[3] > 0.0, found[OUT_LEVEL], _NOTHING)
        self._add(time, found[:3])

    def _add(self, time: float, found: Floats) -> None:
        with self._told:
            self.times.append(time)
            self.values.append(found)
            self._told.notify_all()

    def close(self) -> None:
        """Say that no more will come."""
        with self._told:
            self._closed = True
            self._told.notify_all()

    def leave(self) -> None:
        """Say that nobody listens any more."""
        self._left = True

    def at(self, time: float, side: int, row: int) -> Floats:
        """Tell one row of `layout.OUT_*` along one side at `time`; waits for the coarse run.

        Nothing is known (NaN) behind the end of a coarse run that stopped.
        """
        here = self.parts[side]
        with self._told:
            self._told.wait_for(lambda: self._closed or (self.times and self.times[-1] >= time))
            if not self.times or time > self.times[-1] + self.every:
                return np.full(here.stop - here.start, np.nan)
            high = min(max(bisect_left(self.times, time), 1), len(self.times) - 1)
            low = max(high - 1, 0)
            start, end = self.times[low], self.times[high]
            before, after = self.values[low][row], self.values[high][row]
        part = min(max((time - start) / (end - start), 0.0), 1.0) if end > start else 0.0
        return np.asarray((1 - part) * before[here] + part * after[here])

    def sides(self, wanted: Sides) -> Sides:
        """Give the sides of the fine grid; walls stay walls."""
        sides = [
            side if side.kind == layout.WALL else self._side(number)
            for number, side in enumerate(wanted.each())
        ]
        if all(side.kind == layout.WALL for side in sides):
            raise Invalid("内层网格的四边都是固壁，外层的水进不来")
        return Sides(*sides)

    def _side(self, number: int) -> Side:
        def told(row: int) -> "Told":
            return Told(self, number, row)

        return open_side(told(OUT_LEVEL), told(OUT_EAST), told(OUT_NORTH))


class Told:
    """One row of what a ring tells of one side, as a function of time."""

    def __init__(self, ring: Ring, side: int, row: int) -> None:
        self.ring, self.side, self.row = ring, side, row

    def __call__(self, time: float) -> Floats:
        """Tell it at `time`."""
        return self.ring.at(time, self.side, self.row)
