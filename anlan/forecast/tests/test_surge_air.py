"""A surge driven by the wind and pressure of a numerical model instead of a storm's own shape."""

import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from anlan.engines.grids import Raster, write_netcdf
from anlan.forecast import heavy
from anlan.forecast.adapters.air import read_wind
from anlan.forecast.models import Run, Series
from anlan.forecast.services.asking import Wanted, ask_run
from anlan.forecast.services.storms import receive_track
from anlan.forecast.tests.conftest import NOW, OFFICER, World, ms
from anlan.forecast.tests.test_storms import bulletin
from anlan.forecast.tests.test_surge import coast
from anlan.kernel.errors import Invalid

__all__ = ["coast"]

HOUR = 3_600_000


def model(
    wind: float, *, pressure: float = 1008.0, hours: int = 60, west: float = 119.0,
    units: tuple[str, str] = ("m/s", "hPa"), begins: datetime = NOW, **more: Any,
) -> bytes:  # fmt: skip
    """Air as a centre writes it: one wind to the west everywhere, every three hours."""
    times = ms(begins) + 3 * HOUR * np.arange(hours // 3 + 1)
    blank = np.ones((len(times), 16, 22))

    def field(value: float, unit: str) -> Raster:
        return Raster(blank * value, west, 24.5, 0.5, 0.5, unit=unit, times=times)

    fields = {
        "u10": field(-wind, units[0]), "v10": field(0.0, units[0]),
        "msl": field(pressure, units[1]), **more,
    }  # fmt: skip
    return write_netcdf(fields, title="air")


def lay(home: Path, body: bytes, name: str = "centre.nc") -> None:
    folder = home / "forecast" / "inbox" / "air"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(body)
    os.utime(folder / name, (NOW.timestamp(), NOW.timestamp()))


def highest(world: World, air: str = "grid") -> tuple[float, Run]:
    """Compute a surge; give the highest at the harbour."""
    receive_track(body=bulletin(), by=OFFICER)
    wanted = Wanted(
        model="surge", seed=1, ahead=timedelta(hours=30), settings={"cell_deg": 0.2, "air": air}
    )
    run = ask_run(wanted=wanted, by=OFFICER)
    heavy.drain()
    row = Run.objects.get(pk=run)
    assert row.state == "done", row.reason
    surge = Series.objects.get(run=row, quantity="surge", code=world.tide.code)
    return max(one for one in surge.values if one is not None), row


@pytest.mark.django_db
@pytest.mark.usefixtures("coast")
def test_the_sea_follows_the_models_wind_and_not_the_storms(world: World, home: Path) -> None:
    lay(home, model(0.0))
    calm, run = highest(world)
    assert calm == pytest.approx(0.0, abs=0.02)
    assert "风和气压取自文件 centre.nc" in run.notes
    lay(home, model(25.0))
    blown, _ = highest(world)
    assert blown > 0.3


@pytest.mark.django_db
@pytest.mark.usefixtures("coast")
def test_without_the_setting_or_a_file_that_covers_the_storms_own_shape_drives(
    world: World, home: Path
) -> None:
    lay(home, model(0.0))
    own, run = highest(world, air="storm")
    assert own > 0.3
    assert "风和气压按台风路径用参数模型算" in run.notes
    for body, why in (
        (model(0.0, west=121.0), "风压格点没有盖住水深图的范围"),
        (model(0.0, hours=12), "风压格点没有盖住计算的时段"),
    ):
        lay(home, body)
        again, run = highest(world)
        assert again == pytest.approx(own, abs=1e-6)
        assert {why, "风和气压改用台风路径的参数模型算"} <= set(run.notes)


@pytest.mark.django_db
@pytest.mark.usefixtures("coast")
def test_a_broken_file_is_passed_over_for_the_one_before(world: World, home: Path) -> None:
    lay(home, model(25.0), "first.nc")
    lay(home, b"CDF\x02 and no more", "second.nc")
    _, run = highest(world)
    assert "风和气压取自文件 first.nc" in run.notes
    assert any(note.startswith("风压格点文件 second.nc 不能用：") for note in run.notes)


def test_pressures_are_pascals_and_what_a_file_lacks_is_named() -> None:
    assert float(read_wind(model(1.0)).pressure.max()) == pytest.approx(100_800.0)
    with pytest.raises(Invalid, match="furlongs"):
        read_wind(model(1.0, units=("furlongs", "hPa")))
    times = np.array([ms(NOW), ms(NOW) + HOUR])
    alone = Raster(np.zeros((2, 4, 4)), 119.0, 24.5, 0.5, 0.5, unit="m/s", times=times)
    with pytest.raises(Invalid, match="海平面气压"):
        read_wind(write_netcdf({"u10": alone}, title="wind"))
    hole = np.full((21, 16, 22), 1008.0)
    hole[3, 4, 5] = np.nan
    shape = model(1.0)
    assert read_wind(shape).east.shape == hole.shape
    holed = Raster(
        hole, 119.0, 24.5, 0.5, 0.5, unit="hPa", times=ms(NOW) + 3 * HOUR * np.arange(21)
    )
    with pytest.raises(Invalid, match="缺值"):
        read_wind(model(1.0, msl=holed))
