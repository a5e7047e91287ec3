"""Rain of other centres: read where it lies, and refused when it is not what it says."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from anlan.engines.grids import Raster, write_netcdf
from anlan.forecast import heavy
from anlan.forecast.adapters.gridded import gridded_rain
from anlan.forecast.models import Run, VillageOutlook
from anlan.forecast.services.asking import Wanted, ask_run
from anlan.forecast.tests.conftest import NOW, OFFICER, World
from anlan.kernel.errors import Invalid

HOUR = 3_600_000
ZERO = datetime(2026, 8, 13, 2, 0, tzinfo=UTC)


def sheet(values: np.ndarray, *, unit: str = "mm", times: bool = True, name: str = "tp") -> bytes:
    """A file as centres write it, every hour from `ZERO` on."""
    moments = round(ZERO.timestamp() * 1000) + HOUR * np.arange(1, len(values) + 1)
    whole = Raster(
        values if times else values[0], 120.85, 27.75, 0.3, 0.5, unit=unit,
        times=moments if times else None,
    )  # fmt: skip
    return write_netcdf({name: whole}, title="rain")


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


@pytest.mark.django_db
def test_a_broken_grid_fails_the_run_with_its_name(world: World, home: Path) -> None:
    folder = home / "forecast" / "inbox" / "rain"
    folder.mkdir(parents=True)
    (folder / "centre.nc").write_bytes(b"CDF\x02 and no more")
    run = ask_run(wanted=Wanted(model="basin"), by=OFFICER)
    heavy.drain()
    row = Run.objects.get(pk=run)
    assert row.state == "failed"
    assert "centre.nc" in row.reason
    assert world.zone.pk
