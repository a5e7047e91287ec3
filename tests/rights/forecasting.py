"""A signed run and one that nobody signed, and how each address of forecasts is asked."""

from datetime import timedelta

import numpy as np

from anlan.base.permissions import system
from anlan.base.permissions.models import User
from anlan.base.permissions.selectors import actor_of
from anlan.engines.grids import Raster, write_geotiff
from anlan.forecast.models import Grid, Run, Series, StationOutlook, VillageOutlook
from anlan.forecast.selectors.rows import SIGNED
from anlan.forecast.services.asking import Wanted, ask_run
from anlan.forecast.services.feeding import folder_of
from anlan.forecast.services.signing import approve_run
from anlan.forecast.services.storms import receive_track
from anlan.kernel import clock
from tests.declarations.demo_rows import COUNTY, VILLAGE
from tests.rights.asking import Ask

BY = system("test")
#: A made-up storm, in the form of CMA's best tracks.
TRACK = b"""66666 0000    2 0001 9901 0 6              WALK                          20260101
2026010100 3 200 1250  990  25
2026010106 3 210 1245  985  30
"""


def put_up(ids: dict[str, str]) -> None:
    """Add two runs with products of each kind; the first one is signed."""
    receive_track(body=TRACK, by=BY)
    ids["forecast"] = _run(ids)
    lead = actor_of(User.objects.get(username="duty-lead"))
    approve_run(run=ids["forecast"], by=lead)
    ids["unsigned"] = _run(ids)
    assert Run.objects.get(pk=ids["forecast"]).signing in SIGNED


def _run(ids: dict[str, str]) -> str:
    made = ask_run(wanted=Wanted(model="tide", region=COUNTY), by=BY)
    Run.objects.filter(pk=made).update(
        state="done", title="演示潮位", level=3, ended_at=clock.now(), reason=""
    )
    run = Run.objects.get(pk=made)
    Series.objects.create(
        run=run, of="station", code="DEMO-ST1", region_id=VILLAGE, quantity="tide-level",
        unit="m", start=run.valid_from, step_s=600, values=[1.0, None, 2.0],
    )  # fmt: skip
    Series.objects.create(
        run=run, of="basin", code="DEMO-XLY1", region_id=VILLAGE, quantity="flow", unit="m3/s",
        start=run.valid_from, step_s=600, values=[1.0, None, 2.0],
    )  # fmt: skip
    Series.objects.create(
        run=run, of="region", code=VILLAGE, region_id=VILLAGE, quantity="wind-8", unit="1",
        start=run.valid_from, step_s=600, values=[0.5],
    )  # fmt: skip
    StationOutlook.objects.create(
        run=run, station_id=ids["stations"], region_id=VILLAGE, quantity="tide-level", unit="m",
        peak=3.5, peak_at=clock.now(), level=3, level_at=clock.now() + timedelta(hours=1),
        reached={"tide-yellow": clock.now().isoformat()}, levels={"tide-yellow": 3.4},
    )  # fmt: skip
    VillageOutlook.objects.create(
        run=run, region_id=VILLAGE, zone="DEMO-D1", nearness=1.1, stage="move", level=1,
        first_at=clock.now(),
    )  # fmt: skip
    folder = folder_of(run)
    folder.begin()
    digest, size = folder.put("outputs/area.geojson", '{"name":"演示"}'.encode())
    Grid.objects.create(
        run=run, name="area", title="演示范围", form="geojson", file="area.geojson",
        sha256=digest, bytes=size,
    )  # fmt: skip
    field = Raster(np.full((4, 4), 1.5), 121.0, 28.0, 0.1, 0.1)
    digest, size = folder.put("outputs/depth.tif", write_geotiff(field))
    Grid.objects.create(
        run=run, name="depth", title="演示水深", form="geotiff", quantity="depth", unit="m",
        file="depth.tif", sha256=digest, bytes=size,
    )  # fmt: skip
    return made


def _both(tail: str = "") -> tuple[Ask, ...]:
    return (Ask(f"/forecasts/{{forecast}}{tail}"),
            Ask(f"/forecasts/{{unsigned}}{tail}", note="unsigned"))  # fmt: skip


FORECASTS: dict[str, tuple[Ask, ...]] = {
    "GET /forecasts": (Ask("/forecasts"), Ask("/forecasts?signing=unsigned", note="unsigned")),
    "POST /forecasts": (Ask("/forecasts", {"model": "tide", "region": COUNTY}),),
    "GET /forecasts/models": (Ask("/forecasts/models"),),
    "GET /forecasts/now": (Ask("/forecasts/now"),),
    "GET /forecasts/verification": (Ask("/forecasts/verification"),),
    "GET /forecasts/gauges": (Ask("/forecasts/gauges"),),
    "GET /forecasts/reservoirs": (Ask("/forecasts/reservoirs"),),
    "GET /forecasts/reservoirs/{code}": (Ask("/forecasts/reservoirs/DEMO-R1"),),
    "GET /forecasts/coast": (Ask("/forecasts/coast"),),
    "GET /forecasts/typhoons": (Ask("/forecasts/typhoons"),),
    "POST /forecasts/typhoons": (Ask("/forecasts/typhoons", {"typhoon": "走查"}),),
    "GET /forecasts/typhoons/{storm}": (Ask("/forecasts/typhoons/9901"),),
    "GET /forecasts/{run}": _both(),
    "GET /forecasts/{run}/stations": _both("/stations"),
    "GET /forecasts/{run}/villages": _both("/villages"),
    "GET /forecasts/{run}/villages.xlsx": _both("/villages.xlsx"),
    "GET /forecasts/{run}/slopes": _both("/slopes"),
    "GET /forecasts/{run}/basins": _both("/basins"),
    "GET /forecasts/{run}/regions": _both("/regions"),
    "GET /forecasts/{run}/series": _both("/series?code=DEMO-ST1"),
    "GET /forecasts/{run}/grids": _both("/grids"),
    "GET /forecasts/{run}/grids/{name}": _both("/grids/area"),
    "GET /forecasts/{run}/grids/{name}/{zoom}/{x}/{y}.png": _both("/grids/depth/8/214/107.png"),
    "POST /forecasts/{run}/{verb}": tuple(
        Ask(f"/forecasts/{{{run}}}/{verb}", body, note=verb)
        for run, verb, body in (
            ("unsigned", "stop", {}), ("unsigned", "again", {}), ("unsigned", "approve", {}),
            ("unsigned", "reject", {"reason": "走查"}),
            ("forecast", "withdraw", {"reason": "走查"}),
        )
    ),
}  # fmt: skip
