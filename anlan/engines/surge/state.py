"""What a run is at one moment, and what it is told and tells."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Final
from zipfile import BadZipFile

import numpy as np

from anlan.engines.surge.air import AROUND_PA, WATER_DENSITY, Air
from anlan.engines.surge.grid import Grid
from anlan.engines.surge.layout import Field, Floats
from anlan.engines.surge.sides import Sides
from anlan.kernel.errors import Invalid

_PARTS: Final = ("h", "hu", "hv", "keep", "depth_max", "speed_max", "arrival", "begun")


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """Everything a run needs to go on as if it had never stopped.

    time: seconds after the start. h: depth, m; hu, hv: momentum to the east and north, m2/s; keep:
    what bed friction leaves in half a step. Maxima as in `Outputs`; begun: depth at the start.
    All (ny, nx). rate: the greatest rate (1/s) at which waves cross cells.
    """

    time: float
    steps: int
    rate: float
    dt: float
    h: Field
    hu: Field
    hv: Field
    keep: Field
    depth_max: Field
    speed_max: Field
    arrival: Field
    begun: Field

    def packed(self) -> bytes:
        """Pack into bytes that `unpacked` reads."""
        file = BytesIO()
        head = np.array([self.time, self.steps, self.rate, self.dt])
        np.savez(file, head=head, **{name: getattr(self, name) for name in _PARTS})
        return file.getvalue()

    @classmethod
    def unpacked(cls, packed: bytes) -> "State":
        """Read what `packed` wrote."""
        try:
            with np.load(BytesIO(packed), allow_pickle=False) as file:
                time, steps, rate, dt = file["head"]
                parts = {name: file[name] for name in _PARTS}
        except (ValueError, KeyError, OSError, EOFError, BadZipFile) as error:
            raise Invalid("续算文件读不出来，可能不完整") from error
        return cls(float(time), int(steps), float(rate), float(dt), **parts)


@dataclass(frozen=True, slots=True)
class Settings:
    """How the water is reckoned; the defaults are for coasts and rivers.

    cfl: share of the stable step, up to 1. dry: m, shallower counts as dry. thin: m, shallower is
    treated to first order. steep: 1 (smoothest) to 2 (sharpest) limiter. gravity: m/s2. density: of
    the water, kg/m3. around: Pa, the pressure under which levels at sides are told. hold: m of
    depth from which the wind takes hold in full. sheltered: share of the wind's stress on ground
    that is dry at the start; trees, houses and crops take the rest, else a storm would drive sheets
    of water up any plain (Westerink et al. 2008, Mon. Wea. Rev. 136, 833, whose wooded ground feels
    none). single: float32; None: when the grid has over a million cells. rise: m above the start
    that counts as the water's arrival. fastest: m/s, faster water is taken for a run out of hand.
    air_every, maxima_every, gauges_every, frames_every: seconds; 0 is every step, None for frames
    is never. frames_at: seconds at which a frame is kept besides. longest: s, no step is longer.
    """

    cfl: float = 0.8
    dry: float = 1e-3
    thin: float = 5e-3
    steep: float = 1.5
    gravity: float = 9.81
    density: float = WATER_DENSITY
    around: float = AROUND_PA
    hold: float = 0.1
    sheltered: float = 0.3
    single: bool | None = None
    rise: float = 0.05
    fastest: float = 150.0
    air_every: float = 300.0
    maxima_every: float = 0.0
    gauges_every: float = 0.0
    frames_every: float | None = None
    frames_at: tuple[float, ...] = ()
    longest: float = 600.0


@dataclass(frozen=True, slots=True, eq=False)
class Inputs:
    """All that one run needs.

    until: seconds to reckon. level: m, the water at the start, a number or (ny, nx); cells whose
    ground is higher are dry. east, north: m/s at the start, likewise. start: a state to go on from,
    instead of those. manning: s/m^(1/3), a number or (ny, nx); 0 is without friction. coriolis:
    1/s, else of the latitudes of a grid in degrees. gauges: name to x and y.
    """

    grid: Grid
    until: float
    level: float | Floats = 0.0
    east: float | Floats = 0.0
    north: float | Floats = 0.0
    start: State | None = None
    sides: Sides = field(default_factory=Sides)
    manning: float | Floats = 0.025
    air: Air | None = None
    coriolis: float | None = None
    gauges: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    settings: Settings = field(default_factory=Settings)


@dataclass(frozen=True, slots=True, eq=False)
class Gauge:
    """What one gauge saw: times in seconds, level in m, velocities in m/s, (t,) each.

    A gauge on dry ground tells the height of the ground.
    """

    times: Floats
    level: Floats
    east: Floats
    north: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Outputs:
    """What one run gives.

    level_max: m, NaN where never wet; depth_max: m; speed_max: m/s; arrival: seconds, NaN never;
    all (ny, nx). frames: levels (ny, nx) at `frame_times`, NaN where dry. water: m3 at start and
    end. updates: cells moved. stopped: why the run did not reach its end, or "". notes: what was
    put right or assumed, a sentence each.
    """

    state: State
    level_max: Floats
    depth_max: Field
    speed_max: Field
    arrival: Field
    gauges: Mapping[str, Gauge]
    frame_times: Floats
    frames: Field
    water: tuple[float, float]
    steps: int
    updates: int
    stopped: str
    notes: tuple[str, ...]
