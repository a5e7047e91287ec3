"""Rain of other centres: read where it lies, and refused when it is not what it says."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from netCDF4 import Dataset

from anlan.engines.grids import Raster, write_geotiff, write_netcdf
from anlan.forecast import heavy
from anlan.forecast.adapters.gridded import gridded_rain
from anlan.forecast.models import Run, VillageOutlook
from anlan.forecast.services.asking import Wanted, ask_run
from anlan.forecast.tests.conftest import NOW, OFFICER, World
from anlan.forecast.tests.test_speaking import earlier
from anlan.kernel.errors import Invalid

HOUR = 3_600_000
ZERO = datetime(2026, 8, 13, 2, 0, tzinfo=UTC)


def sheet(
    values: np.ndarray, *, unit: str = "mm", times: bool = True, zero: datetime = ZERO
) -> bytes:
    """A file as centres write it, every hour from `zero` on."""
    moments = round(zero.timestamp() * 1000) + HOUR * np.arange(1, len(values) + 1)
    whole = Raster(
        values if times else values[0], 120.85, 27.75, 0.3, 0.5, unit=unit,
        times=moments if times else None,
    )  # fmt: skip
    return write_netcdf({"tp": whole}, title="rain")


def field(*mm: float) -> np.ndarray:
    """Rain of some steps, on the middle row alone."""
    values = np.zeros((len(mm), 3, 4))
    for n, one in enumerate(mm):
        values[n, 1] = one
    return values


def test_rain_is_taken_from_the_cell_that_holds_the_place() -> None:
    told = gridded_rain(sheet(field(5.0, 0.0, 7.0))).at({"in": (121.3, 28.5), "out": (100, 28.5)})
    assert told.gauges["in"] == (5.0, 0.0, 7.0)
    assert told.gauges["out"] == (None, None, None)
    assert (told.start, told.step_s) == (round(ZERO.timestamp() * 1000), 3600)


def test_rain_added_up_since_the_beginning_is_taken_apart() -> None:
    told = gridded_rain(sheet(field(5.0, 5.0, 12.0, 20.0))).at({"in": (121.3, 28.5)})
    assert told.gauges["in"] == (5.0, 0.0, 7.0, 8.0)


def test_metres_are_turned_to_millimetres_and_blanks_are_unknown() -> None:
    values = field(0.005, 0.0, 0.007)
    values[1, 1, 1] = np.nan
    told = gridded_rain(sheet(values, unit="m")).at({"in": (121.3, 28.5)})
    assert told.gauges["in"] == (5.0, None, 7.0)


@pytest.mark.parametrize(
    ("more", "word"),
    [({"unit": "furlong"}, "furlong"), ({"times": False}, "时间")],
)
def test_what_a_file_lacks_is_named(more: dict[str, Any], word: str) -> None:
    with pytest.raises(Invalid, match=word):
        gridded_rain(sheet(field(1.0, 0.0), **more))


@pytest.mark.django_db
def test_a_grid_put_into_the_workspace_is_the_rain_forecast(world: World, home: Path) -> None:
    folder = home / "forecast" / "inbox" / "rain"
    folder.mkdir(parents=True)
    (folder / "centre.nc").write_bytes(sheet(field(20.0, 60.0, *[0.0] * 22)))
    run = ask_run(wanted=Wanted(model="basin"), by=OFFICER)
    heavy.drain()
    row = Run.objects.get(pk=run)
    assert row.state == "done", row.reason
    assert VillageOutlook.objects.get(run=row).stage == "move"
    assert "雨量预报取自文件 centre.nc" in row.notes
    assert world.zone.pk
    assert row.based_at == NOW


BROKEN = b"CDF\x02 and no more"


@pytest.fixture
def inbox(home: Path) -> Path:
    """The folder that other centres' rain is put into."""
    folder = home / "forecast" / "inbox" / "rain"
    folder.mkdir(parents=True)
    return folder


def lay(path: Path, body: bytes, came: datetime = NOW) -> None:
    """Put a file into the inbox at a moment."""
    path.write_bytes(body)
    os.utime(path, (came.timestamp(), came.timestamp()))


def computed(**more: Any) -> Run:
    run = ask_run(wanted=Wanted(model="basin", **more), by=OFFICER)
    heavy.drain()
    row = Run.objects.get(pk=run)
    assert row.state == "done", row.reason
    return row


@pytest.mark.django_db
@pytest.mark.usefixtures("world")
def test_a_broken_grid_fails_no_run_and_is_named(inbox: Path) -> None:
    lay(inbox / "centre.nc", BROKEN)
    row = computed()
    assert {one["name"]: one["state"] for one in row.inputs}["rain-forecast"] == "missing"
    assert any(note.startswith("雨量预报文件 centre.nc 不能用：") for note in row.notes)
    assert row.lower_bound


@pytest.mark.django_db
@pytest.mark.usefixtures("world")
def test_a_half_copied_grid_is_passed_over_for_the_one_before(inbox: Path) -> None:
    lay(inbox / "first.nc", sheet(field(20.0, 60.0, *[0.0] * 22)), NOW - timedelta(hours=1))
    lay(inbox / "second.nc", BROKEN)
    row = computed()
    assert "雨量预报取自文件 first.nc" in row.notes
    assert any(note.startswith("雨量预报文件 second.nc 不能用：") for note in row.notes)
    assert VillageOutlook.objects.get(run=row).stage == "move"


@pytest.mark.django_db
@pytest.mark.usefixtures("world")
def test_the_newest_grid_is_that_of_the_latest_start_not_of_the_last_copy(inbox: Path) -> None:
    values = field(*[1.0] * 30)
    lay(inbox / "new.nc", sheet(values), NOW - timedelta(hours=2))
    lay(inbox / "old.nc", sheet(values * 9, zero=ZERO - timedelta(hours=6)))
    assert "雨量预报取自文件 new.nc" in computed().notes


@pytest.mark.django_db
@pytest.mark.usefixtures("world")
def test_a_hindcast_sees_no_grid_that_started_after_its_base(inbox: Path) -> None:
    based = NOW - timedelta(hours=8)
    lay(inbox / "then.nc", sheet(field(*[1.0] * 40), zero=based), based)
    lay(inbox / "now.nc", sheet(field(*[9.0] * 30)))
    assert "雨量预报取自文件 then.nc" in computed(based_at=based).notes
    assert "雨量预报取自文件 now.nc" in computed().notes


@pytest.mark.django_db
def test_a_stale_grid_does_not_stand_before_the_rain_of_a_storm(world: World, inbox: Path) -> None:
    lay(inbox / "old.nc", sheet(field(*[1.0] * 60), zero=ZERO - timedelta(hours=20)))
    alone = computed()
    assert {one["name"]: one["state"] for one in alone.inputs}["rain-forecast"] == "older"
    assert "雨量预报已超过十二小时，请先更新" in alone.notes
    storm = earlier(world, "rain", engine="typhoon-ensemble", model="typhoon", height=2.0)
    both = computed()
    assert {one["name"]: one["state"] for one in both.inputs}["rain-forecast"] == "used"
    assert any(storm.pk in note for note in both.notes)


@pytest.mark.django_db
@pytest.mark.usefixtures("world")
def test_values_that_cannot_be_are_unknown_and_it_is_said(inbox: Path) -> None:
    values = field(*[1.0] * 24)
    values[3] = -9999.0
    values[5] = 4000.0
    lay(inbox / "centre.nc", sheet(values))
    notes = computed().notes
    assert any("格写的是缺值标记，按不明处理" in note for note in notes)
    assert any(note.startswith("雨量格点有 12 个值不可能") for note in notes)


def tiff(mm: float) -> bytes:
    """Rain of one step, the same everywhere."""
    return write_geotiff(Raster(np.full((6, 8), mm), 120.5, 27.5, 0.25, 0.25))


@pytest.mark.django_db
@pytest.mark.usefixtures("world")
def test_geotiffs_of_one_start_are_one_forecast_told_in_beijing_or_by_world_time(
    inbox: Path,
) -> None:
    for n, mm in enumerate((80.0, 40.0, 0.0)):
        lay(inbox / f"cma-2026081310_{n:03}-{n + 1:03}.tif", tiff(mm))
        lay(inbox / f"other-2026081220Z_{n:03}-{n + 1:03}.tif", tiff(0.0))
    row = computed()
    assert "雨量预报取自文件 cma-2026081310_000-001.tif" in row.notes
    village = VillageOutlook.objects.get(run=row)
    assert village.stage == "move"
    assert [one["rain"] for one in village.windows] == pytest.approx([80.0, 120.0, 120.0], abs=0.2)


@pytest.mark.django_db
@pytest.mark.usefixtures("world")
def test_geotiffs_that_leave_a_gap_or_say_no_start_are_named(inbox: Path) -> None:
    for begin, end in ((0, 1), (2, 3)):
        lay(inbox / f"cma-2026081310_{begin:03}-{end:03}.tif", tiff(1.0))
    lay(inbox / "rain.tif", tiff(1.0))
    notes = computed().notes
    gap = "雨量预报文件 cma-2026081310_000-001.tif 不能用：各时段要一个接一个，中间不能缺"
    assert gap in notes
    assert any(
        note.startswith("雨量预报文件 rain.tif 不能用：文件名应以起报时间") for note in notes
    )


def told(values: np.ndarray, spans: list[tuple[int, int]] | None = None, **packed: float) -> bytes:
    """A file of six cells whose moments may be bounded and whose values may be packed."""
    file = Dataset("made.nc", "w", memory=1 << 16)
    for name, middles, unit in (
        ("lon", [121.2, 121.5, 121.8], "degrees_east"), ("lat", [28.25, 28.75], "degrees_north"),
    ):  # fmt: skip
        file.createDimension(name, len(middles))
        axis = file.createVariable(name, "f8", (name,))
        axis.units, axis[:] = unit, middles
    file.createDimension("time", len(values))
    time = file.createVariable("time", "f8", ("time",))
    time.units, time[:] = f"hours since {ZERO:%Y-%m-%d %H}:00:00", range(1, len(values) + 1)
    if spans:
        file.createDimension("two", 2)
        time.bounds = "time_bounds"
        file.createVariable("time_bounds", "f8", ("time", "two"))[:] = spans
    rain = file.createVariable("tp", "i2" if packed else "f8", ("time", "lat", "lon"))
    rain.setncatts({"units": "mm", **packed})
    rain[:] = np.broadcast_to(values[:, None, None], (len(values), 2, 3))
    return bytes(file.close())


def test_sums_whose_packing_makes_them_fall_a_little_are_sums_all_the_same() -> None:
    sums = np.array([5.0, 12.1, 12.0, 20.0, 20.1])
    rain = gridded_rain(told(sums, scale_factor=0.1, add_offset=0.0)).at({"in": (121.5, 28.5)})
    assert rain.gauges["in"] == pytest.approx((5.0, 7.1, 0.0, 8.0, 0.1), abs=1e-6)


def test_the_bounds_of_moments_tell_sums_from_steps() -> None:
    rising = np.array([1.0, 2.0, 4.0])
    steps = gridded_rain(told(rising, [(0, 1), (1, 2), (2, 3)])).at({"in": (121.5, 28.5)})
    assert steps.gauges["in"] == (1.0, 2.0, 4.0)
    sums = gridded_rain(told(rising, [(0, 1), (0, 2), (0, 3)])).at({"in": (121.5, 28.5)})
    assert sums.gauges["in"] == (1.0, 1.0, 2.0)
