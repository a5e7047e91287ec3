"""An outline of 6,208 corners leaves in as many points as its receiver takes, and loses no village.

What is kept of it, and what lies in the open, has every corner it came with.
"""

from collections.abc import Iterable
from typing import Any

import pytest
import shapely
from django.test import Client

from anlan.base.conftest import workspace_of_tests
from anlan.comms.tests.conftest import Home, home
from anlan.comms.tests.providers import SMS, set_up
from anlan.comms.tests.sink import Sink, sink
from anlan.protocols.alerting.reading import read_alert
from anlan.warn.models import Alert, Published, Received
from tests.warn import ground
from tests.warn.ground import Point, covered
from tests.warn.test_right_posts import officer, pushed, relayed, spelled, star

__all__ = ["home", "officer", "workspace_of_tests"]

pytestmark = [pytest.mark.django_db, pytest.mark.story]

CORNERS, MOST = 6208, 100
DRAWN = SMS.replace('text = "{{text}}"', 'text = "{{text}}", area = "{{area}}"')
AREA = f"[area]\nmax_polygon_points = {MOST}\n"


def _areas(far: Sink) -> list[Any]:
    """List the areas the posts were called with; who is asked for the response is told of none."""
    calls = [one.json for one in far.asked if not one.json["text"].startswith("【预警响应】")]
    assert calls
    assert all(one["area"] is not None for one in calls)
    return [one["area"] for one in calls]


def _read(told: Any) -> list[list[Point]]:
    """Read what a receiver was told, in either form."""
    if isinstance(told, dict):
        rings = told["coordinates"]
        polygons = rings if told["type"] == "MultiPolygon" else [rings]
        assert all(len(polygon) == 1 for polygon in polygons)
        return [[(x, y) for x, y in polygon[0]] for polygon in polygons]
    pairs = [[one.split(",") for one in ring.split()] for ring in told]
    return [[(float(x), float(y)) for y, x in ring] for ring in pairs]


def check(rings: Iterable[list[Point]], area: list[Point], most: int = MOST) -> None:
    rings = list(rings)
    assert sum(map(len, rings)) <= most
    drawn = shapely.union_all([shapely.Polygon(ring) for ring in rings])
    # Of a ring that crosses itself no area can be asked: its every edge, and no hole inside.
    assert drawn.covers(shapely.LineString([*area, area[0]]))
    assert not any(map(shapely.get_num_interior_rings, shapely.get_parts(drawn)))
    assert drawn.area < 2 * shapely.Polygon(area).convex_hull.area
    # Counted by the reckoning that is not the product's: no village falls out.
    held = set().union(*(covered(ring[:-1]) for ring in rings))
    assert covered(area) <= held


def test_it_leaves_within_each_receivers_limit_and_is_kept_to_its_last_corner(
    officer: Client, home: Home
) -> None:
    ground.hold()
    area = star(3, CORNERS, 0.07)
    with sink() as far:
        set_up(home, far.address, f'{AREA}form = "cap"', text=DRAWN)
        home.settings(
            '[comms]\nlink_base = "https://yj.example"\n[alerts]\n'
            f'national_sender = "33990100000000"\nnational_max_polygon_points = {MOST}\n'
        )
        received = pushed(officer, codes=(), polygon=spelled(area))
        relayed(officer, received)
    # A channel with a limit, and the national system.
    (told,) = {str(one): one for one in _areas(far)}.values()
    check(_read(told), area)
    published = Published.objects.get()
    assert published.national is not None
    (info,) = read_alert(bytes(published.national)).infos
    check([list(ring) for ring in info.areas[0].polygons], area)
    # The record: as it came in, and as it lies in the open, to the last corner.
    whole = [*area, area[0]]
    for kept in (Received.objects.get(pk=received).area, Alert.objects.get().area):
        assert kept is not None
        assert [tuple(point) for point in kept["coordinates"][0][0]] == whole
    (info,) = read_alert(bytes(published.cap)).infos
    assert [tuple(point) for point in info.areas[0].polygons[0]] == whole


@pytest.mark.parametrize(
    ("more", "points"), [(AREA, MOST), ('[area]\nform = "cap"', 401)], ids=["within", "whole"]
)
def test_a_channels_file_says_in_which_form_and_within_which_limit(
    officer: Client, home: Home, more: str, points: int
) -> None:
    ground.hold()
    area = star(5, 400, 0.06)
    with sink() as far:
        set_up(home, far.address, more, text=DRAWN)
        relayed(officer, pushed(officer, codes=(), polygon=spelled(area)))
    rings = _read(_areas(far)[0])
    check(rings, area, points)
    if points > MOST:
        assert rings == [[*area, area[0]]]
