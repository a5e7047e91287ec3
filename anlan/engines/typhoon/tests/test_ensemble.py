import numpy as np
import pytest
from numpy.typing import NDArray

from anlan.codes import lookup
from anlan.engines.typhoon import Fix, Outer, Track, field, track_of
from anlan.engines.typhoon.ensemble import Ensemble, Errors, ensemble_of, exceedance
from anlan.engines.typhoon.vortex import Vortex, vortex_of
from anlan.kernel.errors import Invalid

HOUR_MS = 3_600_000
HOURS = np.arange(0, 49, 2, dtype=np.int64) * HOUR_MS


def errors() -> Errors:
    rows = [row.extra for row in lookup.table("typhoon-track-errors").rows]
    hours, distance, wind = (
        np.array([row[column] for row in rows], dtype=np.float64)
        for column in ("hours", "distance", "wind")
    )
    return Errors(hours, distance, wind)


CIRCLES = ((320.0,) * 4, (140.0,) * 4, (80.0,) * 4)


def forecast(*, circles: bool = False) -> Track:
    radii = CIRCLES if circles else ()
    fixes = [
        Fix(int(n * 12 * HOUR_MS), 126.0 - 1.2 * n, 24.0 + 1.1 * n, 45.0, 945.0, radii)
        for n in range(7)
    ]
    return track_of(fixes)


def places(count: int = 25) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    lon, lat = np.meshgrid(np.linspace(118, 128, count), np.linspace(22, 31, count))
    return lon.ravel(), lat.ravel()


def member(ensemble: Ensemble, which: int) -> Vortex:
    shape = ensemble.lon.shape
    parts = (ensemble.deficit, np.broadcast_to(ensemble.radius, shape), ensemble.peaked)
    deficit, radius, peaked = (part[which] for part in parts)
    return Vortex(
        ensemble.lon[which],
        ensemble.lat[which],
        deficit,
        radius,
        peaked,
        ensemble.east[which],
        ensemble.north[which],
        outer=ensemble.outer
        and Outer(ensemble.outer.distance[which], ensemble.outer.exponent[which]),
    )


def test_members_stray_as_far_as_forecasts_did_in_the_past() -> None:
    ensemble = ensemble_of(forecast(), HOURS, errors(), members=4000, seed=7)
    middle = forecast().at(HOURS)
    x = np.radians(ensemble.lon - middle.lon) * 6371.0 * np.cos(np.radians(middle.lat))
    y = np.radians(ensemble.lat - middle.lat) * 6371.0
    away = np.hypot(x, y).mean(axis=0)
    told = errors()
    expected = np.interp(HOURS / HOUR_MS, told.hours, told.distance)
    assert away == pytest.approx(expected, rel=0.05)
    ratio = np.sqrt(ensemble.deficit / vortex_of(forecast(), HOURS).deficit)
    assert np.abs(ratio[:, 12] - 1).mean() * 45.0 == pytest.approx(
        float(np.interp(24, told.hours, told.wind)), rel=0.08
    )


def test_a_member_keeps_its_side_and_moves_like_a_storm() -> None:
    ensemble = ensemble_of(forecast(), HOURS, errors(), members=2000, seed=7)
    aside = ensemble.lat - forecast().at(HOURS).lat
    assert np.corrcoef(aside[:, 12], aside[:, 18])[0, 1] == pytest.approx(np.exp(-1 / 3), abs=0.05)
    assert np.corrcoef(aside[:, 6], aside[:, 24])[0, 1] == pytest.approx(np.exp(-1), abs=0.06)
    assert np.percentile(np.hypot(ensemble.east, ensemble.north), 99) < 15.0


def test_the_same_seed_gives_the_same_storms_and_another_others() -> None:
    one, same, other = (
        ensemble_of(forecast(), HOURS, errors(), members=5, seed=seed) for seed in (1, 1, 2)
    )
    assert np.array_equal(one.lon, same.lon)
    assert not np.array_equal(one.lon, other.lon)


@pytest.mark.parametrize("wide", [False, True])
def test_counts_are_those_of_every_members_field_looked_at_one_by_one(*, wide: bool) -> None:
    told = forecast(circles=wide)
    ensemble = ensemble_of(told, HOURS, errors(), members=40, seed=3, wide=wide)
    lon, lat = places()
    winds = np.array([17.2, 24.5, 32.7])
    found = exceedance(ensemble, lon, lat, winds)
    counted = np.zeros((3, len(lon)))
    for which in range(len(ensemble)):
        vortex = member(ensemble, which)
        most = np.zeros(len(lon))
        for index in range(len(HOURS)):
            east, north, _ = field(vortex, index, lon, lat)
            most = np.maximum(most, np.hypot(east, north))
        counted += most >= winds[:, None]
    # The plane of the kernel lies at the places' mean latitude, the field's at the centre's own.
    assert np.abs(found.probability - counted / 40).max() <= 0.15
    assert np.abs(found.probability - counted / 40).mean() < 0.006
    assert 0.2 < found.probability[0].mean() < 0.9


def test_stronger_winds_are_rarer_and_nothing_depends_on_the_workers() -> None:
    ensemble = ensemble_of(forecast(), HOURS, errors(), members=60, seed=3)
    lon, lat = places(15)
    winds = np.array([17.2, 24.5, 32.7])
    one = exceedance(ensemble, lon, lat, winds)
    assert (np.diff(one.probability, axis=0) <= 0).all()
    assert np.array_equal(
        one.probability, exceedance(ensemble, lon, lat, winds, workers=3).probability
    )


def test_a_region_is_reached_more_often_than_any_of_its_places() -> None:
    ensemble = ensemble_of(forecast(), HOURS, errors(), members=60, seed=3)
    lon, lat = places(15)
    regions = np.where(lon < 121, 0, np.where(lon < 125, 1, -1))
    found = exceedance(ensemble, lon, lat, np.array([24.5, 32.7]), regions=regions, workers=2)
    assert found.anywhere.shape == (2, 2)
    for region in range(2):
        inside = found.probability[:, regions == region]
        assert (found.anywhere[:, region] >= inside.max(axis=1)).all()
    alone = exceedance(ensemble, lon, lat, np.array([24.5]), regions=np.arange(len(lon)))
    assert np.array_equal(alone.anywhere, alone.probability)
    with pytest.raises(Invalid, match="哪个区域"):
        exceedance(ensemble, lon, lat, np.array([24.5]), regions=regions[:3])


def test_what_past_errors_do_not_reach_is_refused() -> None:
    short = Errors(np.array([0.0, 24.0]), np.array([15.0, 70.0]), np.array([1.5, 4.0]))
    with pytest.raises(Invalid, match=r"只到 24 小时.*48 小时"):
        ensemble_of(forecast(), HOURS, short, members=10, seed=1)
    with pytest.raises(Invalid, match="至少要两个"):
        ensemble_of(forecast(), HOURS, errors(), members=1, seed=1)
