"""A storm's way before it is computed: what is cut, what is held, what land takes of members."""

import numpy as np
import pytest

from anlan.engines.grids import Raster
from anlan.engines.typhoon import Ensemble, vortex_of
from anlan.engines.typhoon.vortex import still_wind
from anlan.forecast.adapters.shapes import Path
from anlan.forecast.adapters.storm import is_wide, over_land, track_from
from anlan.kernel.errors import Invalid

HOUR = 3_600_000
NAN = None
CIRCLE = ((300.0,) * 4, (120.0,) * 4, (NAN,) * 4)
NONE = ((NAN,) * 4,) * 3


def way(
    wind: tuple[float | None, ...],
    *,
    radii: tuple[tuple[tuple[float | None, ...], ...], ...] = (),
    every: int = 6,
) -> Path:
    """A storm that goes west along a latitude, half a degree a position."""
    count = len(wind)
    return Path(
        number="1909", name="WALK", agency="中国",
        times=tuple(n * every * HOUR for n in range(count)),
        lon=tuple(124.0 - 0.5 * n for n in range(count)), lat=(27.0,) * count, wind=wind,
        pressure=(NAN,) * count, radii=radii,
    )  # fmt: skip


def test_a_way_is_cut_to_the_positions_whose_strength_is_known() -> None:
    track = track_from(way((NAN, 40.0, NAN, 38.0, NAN, NAN)))
    assert (track.times // HOUR).tolist() == [6, 12, 18]
    assert len(track.mended) == 1
    assert "路径有 3 个位置" in track.mended[0]
    assert track_from(way((40.0, 38.0))).mended == ()
    with pytest.raises(Invalid, match="没有一个位置"):
        track_from(way((NAN, NAN)))


def test_circles_are_held_for_a_day_and_no_longer() -> None:
    radii = (NONE, CIRCLE, *[NONE] * 5)
    track = track_from(way((40.0,) * 7, radii=radii))
    assert is_wide(track)
    assert np.isnan(track.radii[0]).all()
    assert track.radii[5, 0].tolist() == [300.0] * 4
    assert np.isnan(track.radii[6]).all()
    assert not is_wide(track_from(way((40.0, 38.0))))


def test_what_land_takes_is_reckoned_against_the_forecast_itself() -> None:
    """The forecast is at sea for twelve hours and then on land; members go other ways."""
    track = track_from(way((40.0, 40.0, 40.0, 30.0, 22.0)))
    middle = vortex_of(track, track.times)
    ground = np.full((40, 60), -20.0)
    ground[:, :29] = 50.0  # west of 122.9 degrees
    land = Raster(ground, 120.0, 25.0, 0.1, 0.1)
    shape = (3, len(track.times))
    along = np.broadcast_to(middle.lon, shape).copy()
    along[1] += 5.0  # never ashore
    along[2, 1:] -= 1.0  # ashore twelve hours before
    deficit = np.broadcast_to(middle.deficit, shape)
    drawn = Ensemble(
        times=track.times, lon=along, lat=np.full(shape, 27.0), deficit=deficit,
        radius=np.broadcast_to(middle.radius, shape), peaked=np.broadcast_to(middle.peaked, shape),
        east=np.zeros(shape), north=np.zeros(shape),
    )  # fmt: skip
    found = over_land(drawn, middle, land)
    before, after = (still_wind(one.deficit, one.peaked) for one in (drawn, found))
    assert after[0] == pytest.approx(before[0])
    assert after[1, :3] == pytest.approx(before[1, :3])
    assert (after[1, 3:] > before[1, 3:]).all()
    assert (after[1] <= 2.0 * before[1] + 1e-9).all()
    assert (after[2, 2:] < before[2, 2:]).all()


def test_beyond_the_map_it_is_land_or_sea_as_it_was_before() -> None:
    track = track_from(way((40.0,) * 5))
    middle = vortex_of(track, track.times)
    land = Raster(np.full((40, 8), 50.0), 122.9, 25.0, 0.1, 0.1)  # nothing west of 122.9
    shape = (1, 5)
    drawn = Ensemble(
        times=track.times, lon=middle.lon[None], lat=np.full(shape, 27.0),
        deficit=middle.deficit[None], radius=middle.radius[None], peaked=middle.peaked[None],
        east=np.zeros(shape), north=np.zeros(shape),
    )  # fmt: skip
    found = over_land(drawn, middle, land)
    assert still_wind(found.deficit, found.peaked) == pytest.approx(
        still_wind(drawn.deficit, drawn.peaked)
    )
