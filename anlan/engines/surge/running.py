"""One run from its inputs to its outputs: step by step, watched, stopped when out of hand."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from anlan.engines.surge.checking import checked
from anlan.engines.surge.points import Points, points_of
from anlan.engines.surge.sea import Mesh, Sea
from anlan.engines.surge.state import Gauge, Inputs, Outputs, State
from anlan.kernel.errors import Invalid

#: Steps between looks at whether the water is sound; then a copy is kept.
_SOUND: Final = 100
#: No step is more than so many times the one before.
_GROWTH: Final = 1.2
#: A step so much shorter than the first is that of a run out of hand.
_COLLAPSE: Final = 1e-6
#: A step that ends so near to a moment, as a share of it, has come to it.
_HIT: Final = 1e-9
_WRONG: Final = {1: "水深或流速不是数值", 2: "流速过大"}

#: Called after each step with the time reached (s) and the water.
Watch = Callable[[float, Sea], None]


def run(inputs: Inputs, *, watch: Watch | None = None) -> Outputs:
    """Reckon `inputs` to the end and tell what came of it.

    `Invalid` when the inputs cannot be used, with what is wrong and where. A run that gets out of
    hand does not raise: it keeps its last sound state, and `Outputs.stopped` says why. watch: is
    called before the first step and after each; it must not change the water.
    """
    notes = checked(inputs)
    journey = _Journey(inputs, watch)
    stopped = journey.go()
    return journey.told(stopped, notes)


class _Journey:
    """A run under way: the clock, and the series that are written on the way."""

    def __init__(self, inputs: Inputs, watch: Watch | None) -> None:
        self.inputs, self.settings = inputs, inputs.settings
        self.sea = Sea(inputs)
        self.watch = watch
        self.mesh = None if inputs.air is None else Mesh(inputs.grid, inputs.air)
        self.area = inputs.grid.area
        self.water = self.sea.water(self.area)
        self.begun = self.sea.steps
        self.points: Points = points_of(inputs.grid, list(inputs.gauges.values()))
        self.seen: list[tuple[float, Any]] = []
        self.frames: list[tuple[float, Any]] = []
        self.noted = self.gauged = -np.inf
        self.window = -1
        self.framed = self.sea.time
        #: Times at which a frame is still to be kept, the next one last.
        self.asked = sorted(
            (at for at in self.settings.frames_at if at >= self.sea.time * (1 - _HIT)), reverse=True
        )
        self.sound: State = self.sea.state()
        self.first_dt = 0.0

    def go(self) -> str:
        """Step to the end; why it came to no end comes back, or ""."""
        sea = self.sea
        self._watch()
        stopped = sea.tell_sides(sea.time) or self._blow(0.0)
        if stopped:
            return stopped
        if not sea.rate:
            sea.probe()
        while sea.time < self.inputs.until * (1 - 1e-14):
            stopped = self._step()
            if stopped:
                return stopped
        return self._checked()

    def _step(self) -> str:
        sea = self.sea
        dt = self._next()
        if not self.first_dt:
            self.first_dt = dt
        stopped = sea.tell_sides(sea.time + dt / 2) or self._blow(dt)
        if stopped:
            return self._checked() or stopped
        sea.step(dt)
        self._watch()
        if (sea.steps - self.begun) % _SOUND == 0 or not np.isfinite(sea.rate):
            return self._checked()
        return ""

    def _next(self) -> float:
        """Tell how long the next step may be."""
        sea, settings = self.sea, self.settings
        dt = min(settings.cfl / sea.rate if sea.rate > 0 else np.inf, settings.longest)
        if self.mesh is not None and settings.air_every > 0.0:
            # Over a window that a step leaps no rain would fall.
            dt = min(dt, settings.air_every)
        if sea.dt > 0:
            dt = min(dt, _GROWTH * sea.dt)
        ends = [self.inputs.until]
        ends += self.asked[-1:]
        if settings.frames_every is not None:
            ends.append(self.framed + settings.frames_every)
        left = min(ends) - sea.time
        # Two steps of like length instead of a long one and a sliver.
        return left if dt >= left else min(dt, left / 2) if dt > left / 2 else dt

    def _blow(self, dt: float) -> str:
        """Let the air of this window of time act; what is wrong with it comes back, or "".

        Windows lie the same whenever a run began, so that one that goes on finds the same air.
        """
        sea, every = self.sea, self.settings.air_every
        if self.mesh is None:
            return ""
        middle, span, falls = sea.time + dt / 2, dt, True
        if every > 0.0:
            window = int(sea.time / every + 1e-9)
            if window == self.window:
                return ""
            self.window = window
            middle, span = (window + 0.5) * every, every
            # Of a window that an earlier run entered the rain has fallen.
            falls = sea.time <= window * every + 1e-6 or self.begun < sea.steps
        try:
            sea.blow(self.mesh, middle, span if falls else 0.0)
        except Invalid as error:
            return error.detail
        return ""

    def _watch(self) -> None:
        sea, settings = self.sea, self.settings
        if sea.time >= self.noted + settings.maxima_every:
            sea.note(settings.rise)
            self.noted = sea.time
        if len(self.points) and sea.time >= self.gauged + settings.gauges_every:
            self.seen.append((sea.time, self.sea.look(self.points)[:3]))
            self.gauged = sea.time
        if self._framing():
            self.frames.append((sea.time, sea.levels().astype(np.float32)))
        if self.watch is not None:
            self.watch(sea.time, sea)

    def _framing(self) -> bool:
        """Tell whether a frame is to be kept now, and look on to the next."""
        time, every = self.sea.time, self.settings.frames_every
        due = every is not None and (not self.frames or time >= self.framed + every * (1 - _HIT))
        if due:
            self.framed = time
        while self.asked and time >= self.asked[-1] * (1 - _HIT):
            self.asked.pop()
            due = True
        return due

    def _checked(self) -> str:
        """Keep the water if it is sound, else go back to what was kept and say why."""
        sea = self.sea
        wrong, j, i = sea.wrong(self.settings.fastest)
        collapsed = sea.rate > 0 and self.settings.cfl / sea.rate < _COLLAPSE * self.first_dt
        if not wrong and not collapsed:
            self.sound = sea.state(over=self.sound)
            return ""
        grid = self.inputs.grid
        reason = _WRONG.get(wrong, "时间步长缩到了起初的百万分之一以下")
        where = f"第 {j + 1} 行第 {i + 1} 列（{grid.x[i]:g}，{grid.y[j]:g}）" if wrong else ""
        return (
            f"计算在第 {sea.time:g} 秒、第 {sea.steps} 步失控：{where}{reason}。"
            f"已退回到第 {self.sound.time:g} 秒的状态，请检查该处地形、边界和时间步长"
        )

    def told(self, stopped: str, notes: tuple[str, ...]) -> Outputs:
        """Tell what came of the run; of a stopped one only what was sound."""
        sea, grid = self.sea, self.inputs.grid
        state = self.sound if stopped else sea.state()
        seen = [one for one in self.seen if one[0] <= state.time]
        frames = [one for one in self.frames if one[0] <= state.time]
        wet = state.depth_max > self.settings.dry
        water = float((state.h.sum(axis=1, dtype=np.float64) * self.area[:, 0]).sum())
        return Outputs(
            state=state,
            level_max=np.where(wet, grid.bed + state.depth_max, np.nan),
            depth_max=state.depth_max,
            speed_max=state.speed_max,
            arrival=state.arrival,
            gauges=self._gauges(seen),
            frame_times=np.array([time for time, _ in frames]),
            frames=np.array([levels for _, levels in frames], dtype=np.float32),
            water=(self.water, water),
            steps=state.steps - self.begun,
            updates=(state.steps - self.begun) * grid.bed.size,
            stopped=stopped,
            notes=(*grid.mended, *notes),
        )

    def _gauges(self, seen: list[tuple[float, Any]]) -> dict[str, Gauge]:
        if not len(self.points):
            return {}
        times = np.array([time for time, _ in seen])
        found = np.array([values for _, values in seen]).reshape(-1, 3, len(self.points))
        return {
            name: Gauge(times, *found[:, :, number].T)
            for number, name in enumerate(self.inputs.gauges)
        }
