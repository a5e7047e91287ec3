import pytest
import shapely

from anlan.base.people.tests import village
from anlan.base.regions.models import Boundary
from anlan.engines.geo import shapes

#: Villages as squares: (west, south, east, north); the grid cell is the near village's west half.
SQUARES = {
    village.NEAR: (121.48, 28.38, 121.52, 28.42),
    village.NEXT: (121.52, 28.38, 121.56, 28.42),
    village.FAR: (121.88, 28.43, 121.92, 28.47),
    village.GRID: (121.48, 28.38, 121.50, 28.42),
}


@pytest.fixture
def world(db: None) -> None:  # noqa: ARG001 - asks for the database
    """Regions with borders, and one unit."""
    village.make_regions()
    village.unit()
    for code, box in SQUARES.items():
        west, south, east, north = box
        Boundary.objects.create(
            region_id=code, wkb=shapely.to_wkb(shapely.box(*box)), west=west, south=south,
            east=east, north=north, datum="wgs84",
        )  # fmt: skip
    assert shapes.area_m2([shapely.box(*SQUARES[village.NEAR])])[0] > 1e7
