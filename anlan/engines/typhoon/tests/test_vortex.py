import numpy as np
import pytest

from anlan.engines.typhoon import Fix, Vortex, field, gradient_wind, track_of, vortex_of
from anlan.engines.typhoon.vortex import SURFACE, radius_of
from anlan.kernel.errors import Invalid

HOUR_MS = 3_600_000
CORIOLIS_25N = 2 * 7.2921e-5 * np.sin(np.radians(25.0))


def storm(*, east: float = 0.0, north: float = 0.0) -> Vortex:
    one = np.ones(1)
    return Vortex(
        lon=125.0 * one,
        lat=25.0 * one,
        deficit=6000.0 * one,
        radius=40e3 * one,
        peaked=1.5 * one,
        east=east * one,
        north=north * one,
    )


def around(count: int = 41, reach: float = 2.0) -> tuple[np.ndarray, np.ndarray]:
    lon, lat = np.meshgrid(
        125.0 + np.linspace(-reach, reach, count), 25.0 + np.linspace(-reach, reach, count)
    )
    return lon, lat


def test_the_profile_has_the_winds_reckoned_by_hand() -> None:
    # sqrt(B dp / (rho e)) = 53.6568 m/s at the radius of greatest wind when nothing turns.
    assert gradient_wind(40e3, 6000.0, 40e3, 1.5, 0.0) == pytest.approx(53.6568, abs=1e-4)
    away = np.array([20e3, 40e3, 80e3, 160e3, 300e3])
    expected = [35.5598, 52.4383, 41.6820, 24.8623, 11.9301]
    found = gradient_wind(away, 6000.0, 40e3, 1.5, CORIOLIS_25N)
    assert found == pytest.approx(np.array(expected), abs=2e-4)


def test_wind_goes_round_against_the_clock_and_in_and_pressure_falls_to_the_centre() -> None:
    lon, lat = around()
    east, north, pressure = field(storm(), 0, lon, lat)
    x, y = lon - 125.0, lat - 25.0
    away = np.hypot(x, y) > 0.2
    assert (x * north - y * east)[away].min() > 0
    assert (x * east + y * north)[away].max() < 0
    assert pressure.min() == pytest.approx(100800.0 - 6000.0, abs=1.0)
    assert pressure[0, 0] > 100000.0
    assert np.isfinite(east).all()


def test_a_moving_storm_blows_harder_on_its_right() -> None:
    lon, lat = np.array([124.6, 125.4]), np.array([25.0, 25.0])
    east, north, _ = field(storm(north=6.0), 0, lon, lat)
    left, right = np.hypot(east, north)
    still_left, still_right = np.hypot(*field(storm(), 0, lon, lat)[:2])
    assert still_left == pytest.approx(still_right, rel=1e-9)
    assert right - still_right == pytest.approx(0.55 * 6.0, abs=0.6)
    assert left < still_left


def test_the_field_of_a_track_has_the_greatest_wind_the_bulletin_told() -> None:
    fixes = [
        Fix(0, 122.5, 27.1, wind=46.3, pressure=940.0),
        Fix(6 * HOUR_MS, 122.0, 27.5, wind=46.3, pressure=940.0),
    ]
    vortex = vortex_of(track_of(fixes), np.array([3 * HOUR_MS]), radius_km=40.0)
    lon, lat = np.meshgrid(np.linspace(121.0, 123.5, 251), np.linspace(26.0, 28.6, 261))
    east, north, pressure = field(vortex, 0, lon, lat)
    assert np.hypot(east, north).max() == pytest.approx(46.3, abs=1.5)
    assert pressure.min() == pytest.approx(94000.0, abs=50.0)
    assert vortex.assumed == ()


def test_what_no_bulletin_tells_is_filled_in_and_said() -> None:
    fixes = [Fix(0, 130.0, 20.0, wind=40.0), Fix(6 * HOUR_MS, 129.0, 20.5, wind=40.0)]
    vortex = vortex_of(track_of(fixes), np.array([0, 3 * HOUR_MS]))
    assert len(vortex.assumed) == 2
    # 40 = 3.44 (1010 - p)^0.644 gives p = 965.1 hPa.
    assert vortex.deficit == pytest.approx(np.full(2, 4290.0), abs=30.0)
    assert vortex.radius / 1000.0 == pytest.approx([35.6, 35.9], abs=0.5)
    with pytest.raises(Invalid, match="风速和气压都不知道"):
        vortex_of(track_of([Fix(0, 130.0, 20.0)]), np.array([0]))


def test_deep_storms_are_narrow_and_northern_ones_wide() -> None:
    narrow, wide = radius_of(9000.0, 20.0), radius_of(3000.0, 20.0)
    assert narrow < wide < radius_of(3000.0, 30.0)
    assert radius_of(0.0, 0.0) == pytest.approx(np.exp(3.015) * 1000.0)


def test_points_of_any_shape_come_back_in_that_shape() -> None:
    lon, lat = around(5)
    east, north, pressure = field(storm(), 0, lon, lat)
    assert east.shape == north.shape == pressure.shape == (5, 5)
    flat = field(storm(), 0, lon.ravel(), lat.ravel())[0]
    assert flat == pytest.approx(east.ravel())
    assert np.hypot(east, north).max() < 53.7 * SURFACE + 1
