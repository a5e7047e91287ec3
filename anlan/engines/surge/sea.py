"""The water of one run: the kernels' arrays, and the deeds done to them.

Kernels are imported where they are called: who only says what a run needs pays for no compiler.
"""

from typing import Any, Final, cast

import numpy as np

from anlan.engines.surge import air as airs
from anlan.engines.surge.grid import Grid
from anlan.engines.surge.layout import (
    FLUXES,
    GHOSTS,
    KEPT,
    LAWS,
    PACES,
    SPANS,
    VALUES,
    Field,
    Floats,
)
from anlan.engines.surge.points import Points
from anlan.engines.surge.sides import kinds_of, tell
from anlan.engines.surge.state import Inputs, Settings, State

#: More cells than this are reckoned in float32 unless told otherwise.
_LARGE: Final = 1_000_000
#: Steps between looks for where the water is.
LOOKS: Final = 16
INNER: Final = (slice(GHOSTS, -GHOSTS), slice(GHOSTS, -GHOSTS))


class Sea:
    """Water on a grid, with what acts on it. Arrays have two ghost cells on every side."""

    def __init__(self, inputs: Inputs) -> None:
        from anlan.engines.surge.kernels_sides import fringe

        grid, settings = inputs.grid, inputs.settings
        ny, nx = grid.bed.shape
        single = settings.single if settings.single is not None else grid.bed.size > _LARGE
        self.kind: Any = np.float32 if single else np.float64
        self.law = _law(settings, self.kind)
        self.dry, self.density, self.around = settings.dry, settings.density, settings.around
        self.sides = inputs.sides
        self.kinds = kinds_of(inputs.sides)
        self.bed = self._laid(grid.bed)
        fringe(self.bed, self.kinds)
        self.head = self.bed.copy()
        lines, per_y = grid.lines(inputs.coriolis)
        self.lines, self.per_y = lines.astype(self.kind), cast(float, self.kind(per_y))
        self._fill(inputs)
        self.rough = self._rough(inputs)
        self.slows = bool(self.rough.any())
        if not self.slows:
            self.keep = np.ones((1, nx + 4), self.kind)
        self.push_x = self.push_y = np.zeros((1, nx + 4), self.kind)
        self.exposed = np.where(self.begun > 0.0, 1.0, settings.sheltered).astype(self.kind)
        self.out = np.zeros((4, 3, max(ny, nx) + 4), self.kind)
        self._work = _work(nx, self.kind)
        self.fastest = np.zeros((2, nx + 4), self.kind)
        self.spans = np.zeros((SPANS, 2, ny + 4), np.int64)
        self._scratch = np.zeros((2, ny + 4), np.int64)
        self.find()

    def _laid(self, values: float | Field) -> Field:
        ny, nx = getattr(self, "bed", np.empty((0, 0))).shape
        inner = np.asarray(values, dtype=self.kind)
        if not inner.ndim:
            inner = np.full((ny - 4, nx - 4), inner)
        return np.ascontiguousarray(np.pad(inner, GHOSTS, mode="edge"))

    def _rough(self, inputs: Inputs) -> Field:
        nx = inputs.grid.bed.shape[1]
        weight = inputs.settings.gravity * np.asarray(inputs.manning, dtype=np.float64) ** 2
        if weight.ndim:
            return self._laid(weight)
        return np.full((1, nx + 4), weight, self.kind)

    def _fill(self, inputs: Inputs) -> None:
        start = inputs.start
        if start is not None:
            self.time, self.steps = start.time, start.steps
            self.rate, self.dt = start.rate, start.dt
            parts = (start.h, start.hu, start.hv, start.begun)
            self.h, self.hu, self.hv, self.begun = (self._laid(one) for one in parts)
            self.keep = np.ones_like(self.h)
            self.keep[INNER] = start.keep
            copies = (start.depth_max, start.speed_max, start.arrival)
            self.depth_max, self.speed_max, self.arrival = (one.astype(self.kind) for one in copies)
        else:
            self.time, self.steps, self.rate, self.dt = 0.0, 0, 0.0, 0.0
            level = np.asarray(inputs.level, dtype=np.float64)
            depth = np.maximum(level - inputs.grid.bed, 0.0)
            self.h = self._laid(depth)
            self.hu, self.hv = self._laid(depth * inputs.east), self._laid(depth * inputs.north)
            self.keep = np.ones_like(self.h)
            self.begun = self.h.copy()
            self.depth_max = self.h[INNER].copy()
            self.speed_max = np.zeros_like(self.depth_max)
            self.arrival = np.full_like(self.depth_max, np.nan)
        levels = np.broadcast_to(np.asarray(inputs.level, dtype=np.float64), inputs.grid.bed.shape)
        self.still = (levels[:, 0], levels[:, -1], levels[0], levels[-1])

    def state(self, over: State | None = None) -> State:
        """Copy what the water is, over an earlier copy that nobody needs any more.

        Memory that was never touched costs ten times what the copying does.
        """

        def copy(name: str, part: Field) -> Field:
            if over is None:
                return part.copy()
            kept: Field = getattr(over, name)
            np.copyto(kept, part)
            return kept

        return State(
            time=self.time,
            steps=self.steps,
            rate=self.rate,
            dt=self.dt,
            h=copy("h", self.h[INNER]),
            hu=copy("hu", self.hu[INNER]),
            hv=copy("hv", self.hv[INNER]),
            keep=copy("keep", np.broadcast_to(self.keep, self.h.shape)[INNER]),
            depth_max=copy("depth_max", self.depth_max),
            speed_max=copy("speed_max", self.speed_max),
            arrival=copy("arrival", self.arrival),
            begun=self.begun[INNER],
        )

    def find(self) -> None:
        """Look where the water is and where it can come in the next `LOOKS` steps."""
        from anlan.engines.surge.kernels_watch import find_spans

        find_spans(self.h, self.kinds, LOOKS + 2, self._scratch, self.spans)

    def tell_sides(self, time: float) -> str:
        """Set what lies outside; what is wrong with it comes back, or ""."""
        return tell(self.sides, time, self.still, self.out)

    def blow(self, mesh: "Mesh", time: float, seconds: float) -> None:
        """Let the air of `time` act from now on, and the rain of `seconds` fall."""
        from anlan.engines.surge.kernels_sides import fringe
        from anlan.engines.surge.kernels_watch import spread

        moment = airs.sound(mesh.air.at(time), time)
        east, north = airs.push(moment, self.density)
        gravity = float(self.law[0])
        head = (moment.pressure - self.around) / (self.density * gravity)
        if self.push_x.shape[0] == 1:
            self.push_x, self.push_y = np.zeros_like(self.h), np.zeros_like(self.h)
        coarse = np.ascontiguousarray(np.stack([east, north, head]), dtype=np.float64)
        spread(
            coarse, *mesh.rows, *mesh.columns, self.bed, self.exposed, self.push_x, self.push_y,
            self.head,
        )  # fmt: skip
        for field in (self.head, self.push_x, self.push_y):
            fringe(field, self.kinds)
        if moment.rain is not None:
            self._rain(mesh.on_cells(moment.rain) * seconds)

    def _rain(self, fallen: Floats) -> None:
        from anlan.engines.surge.kernels_watch import rained

        rained(self.h, fallen.astype(self.kind))
        self.find()

    def step(self, dt: float) -> None:
        """Go on by `dt` seconds and see how fast waves cross the cells."""
        self._advance(dt, self.slows)
        self.time += dt
        self.steps += 1
        self.dt = dt
        if self.steps % LOOKS == 0:
            self.find()

    def probe(self) -> None:
        """See how fast waves cross the cells, without going on."""
        self._advance(0.0, False)

    def _advance(self, dt: float, slows: bool) -> None:
        from anlan.engines.surge.kernels_step import advance

        self.fastest[:] = 0.0
        work, values, flux, pace, share = self._work
        advance(
            self.h, self.hu, self.hv, self.head, self.push_x, self.push_y, self.keep, self.rough,
            self.spans, self.kinds, self.out, self.lines, self.law, work, values, flux, pace,
            share, self.fastest, self.kind(dt), self.per_y, self.steps % 2 == 0, slows,
        )  # fmt: skip
        self.rate = float(self.fastest.max())

    def wrong(self, fastest: float) -> tuple[int, int, int]:
        """Tell what is wrong with the water (0 nothing, 1 not a number, 2 too fast) and where."""
        from anlan.engines.surge.kernels_watch import unsound

        return unsound(self.h, self.hu, self.hv, self.dry, fastest)

    def note(self, rise: float) -> None:
        """Keep the greatest depth and speed, and when the water came."""
        from anlan.engines.surge.kernels_watch import note_extremes

        note_extremes(
            self.h, self.hu, self.hv, self.begun, self.spans, 5 * self.dry, rise, self.time,
            self.depth_max, self.speed_max, self.arrival,
        )  # fmt: skip

    def water(self, area: Floats) -> float:
        """Tell how much water there is, m3; `area` of cells, (ny, 1)."""
        return float((self.h[INNER].sum(axis=1, dtype=np.float64) * area[:, 0]).sum())

    def look(self, points: Points, *, head: bool = False) -> Floats:
        """Tell level (m), velocities (m/s) and share of wet cells at points, (4, n).

        head: the level counts the air's pressure as water, which is what drives the water.
        """
        from anlan.engines.surge import kernels_watch as kernels

        found = np.empty((4, len(points)))
        ground = self.head if head else self.bed
        kernels.look(self.h, self.hu, self.hv, ground, *points.parts(), self.dry, found)
        return found

    def levels(self) -> Field:
        """Tell the level of each cell, m; NaN where dry."""
        h = self.h[INNER]
        return np.where(h > self.dry, h + self.bed[INNER], np.nan)


class Mesh:
    """Where the cells of a grid lie on the mesh of the air."""

    def __init__(self, grid: Grid, air: airs.Air) -> None:
        self.air = air
        self.rows = airs.footing(air.y, grid.y)
        self.columns = airs.footing(air.x, grid.x)

    def on_cells(self, coarse: Floats) -> Floats:
        """Spread one field of the air to the cells, (ny, nx)."""
        (row, up), (column, right) = self.rows, self.columns
        low = coarse[row] * (1 - up)[:, None] + coarse[row + 1] * up[:, None]
        return np.asarray(low[:, column] * (1 - right) + low[:, column + 1] * right)


def _law(settings: Settings, kind: Any) -> Field:
    law = np.zeros(LAWS, kind)
    law[:] = (
        settings.gravity,
        settings.dry,
        settings.thin,
        settings.steep,
        1.0 / max(settings.hold, 1e-9),
    )
    return law


def _work(nx: int, kind: Any) -> tuple[Field, ...]:
    n = nx + 2 * GHOSTS
    share = np.ones((KEPT, n + 1), kind)
    share[:, -1] = 0.0
    return (
        np.zeros((PACES + VALUES + FLUXES + 1, n), kind),
        np.zeros((KEPT, VALUES, n), kind),
        np.zeros((KEPT, FLUXES, n), kind),
        np.zeros((KEPT, PACES, n), kind),
        share,
    )
