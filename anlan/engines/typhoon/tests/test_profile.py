import numpy as np
import pytest

from anlan.engines.typhoon import (
    Fix,
    Outer,
    Track,
    field,
    outer_of,
    peaked_of,
    surface_wind,
    track_of,
    vortex_of,
)

HOUR_MS = 3_600_000
NOBODY = (float("nan"),) * 4


def storm(
    *, gale: float = 300.0, wind: float = 46.3, pressure: float = 940.0, east: float = 0.0
) -> Track:
    circle = (gale,) * 4 if gale else NOBODY
    radii = (circle, NOBODY, NOBODY)
    return track_of(
        [Fix(0, 122.5, 27.0, wind, pressure, radii),
         Fix(6 * HOUR_MS, 122.5 + east, 27.0, wind, pressure, radii)]
    )  # fmt: skip


def test_an_exponent_of_a_half_gives_the_profile_of_1980_that_nothing_turns() -> None:
    away = np.array([20e3, 40e3, 80e3, 160e3])
    outer = Outer(np.array([400e3]), np.array([0.5]))
    # V = Vm sqrt((R / r)^B exp(1 - (R / r)^B)), reckoned apart.
    ratio = (40.0 / np.array([20.0, 40.0, 80.0, 160.0])) ** 1.5
    expected = 50 * np.sqrt(ratio * np.exp(1 - ratio))
    assert surface_wind(away, 50.0, 40e3, 1.5, outer) == pytest.approx(expected)


def test_the_outer_wind_is_the_one_the_bulletin_draws_its_circle_for() -> None:
    vortex = vortex_of(storm(), np.array([3 * HOUR_MS]), radius_km=40.0, wide=True)
    lon, lat = np.array([122.5]), np.array([27.0 + 300e3 / 6371008.8 * 180 / np.pi])
    east, north, _ = field(vortex, 0, lon, lat)
    assert np.hypot(east, north) == pytest.approx([13.9], abs=0.05)
    grid = np.meshgrid(np.linspace(121.3, 123.7, 241), np.linspace(25.9, 28.1, 221))
    assert np.hypot(*field(vortex, 0, *grid)[:2]).max() == pytest.approx(46.3, abs=0.5)
    assert not vortex.assumed


def test_a_wide_storm_blows_farther_out_than_a_narrow_one() -> None:
    winds = []
    for gale in (150.0, 300.0, 450.0):
        vortex = vortex_of(storm(gale=gale), np.array([0]), radius_km=40.0, wide=True)
        east, north, _ = field(vortex, 0, np.array([124.5]), np.array([27.0]))
        winds.append(float(np.hypot(east, north)[0]))
    assert winds == sorted(winds)
    assert winds[0] < 13.9 < winds[2]


def test_a_quadrant_told_alone_counts_and_a_circle_within_the_eye_does_not() -> None:
    radii = np.full((2, 3, 4), np.nan)
    radii[0, 0, 1], radii[1, 0] = 260.0, 20.0
    outer = outer_of(radii, np.full(2, 45.0), np.full(2, 40e3), np.full(2, 1.4))
    assert outer.distance.tolist() == [260e3, 400e3]
    assert outer.exponent[0] != 0.5
    assert outer.exponent[1] == 0.5


def test_the_circle_of_force_ten_counts_where_that_of_seven_is_not_told() -> None:
    radii = np.full((1, 3, 4), np.nan)
    radii[0, 1] = 120.0
    outer = outer_of(radii, np.array([45.0]), np.array([40e3]), np.array([1.4]))
    assert surface_wind(120e3, 45.0, 40e3, 1.4, outer) == pytest.approx(24.5)


def test_b_without_a_wind_is_that_of_the_paper() -> None:
    # -4.4e-5 x 3600 + 0.6 - 0.35 + 0.15 x 5^0.43256 + 1
    assert peaked_of(6000.0, 25.0, 5.0, 0.0) == pytest.approx(1.3925, abs=1e-4)
    # A storm that deepens by 1 hPa an hour is flatter by 0.03.
    assert peaked_of(6000.0, 25.0, 5.0, -100.0) == pytest.approx(1.3625, abs=1e-4)


def test_a_storm_without_winds_takes_b_from_the_paper_and_says_what_was_assumed() -> None:
    track = storm(gale=0.0, wind=float("nan"))
    vortex = vortex_of(track, np.array([0, 3 * HOUR_MS]), wide=True)
    assert vortex.peaked == pytest.approx(np.full(2, peaked_of(6800.0, 27.0, 0.0, 0.0)))
    assert [word in "".join(vortex.assumed) for word in ("最大风速", "半径", "风圈")] == [True] * 3
    assert "1970-01-01 08:00 等 2 个时刻没有最大风速" in vortex.assumed[0]
