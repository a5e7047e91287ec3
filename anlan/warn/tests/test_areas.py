"""Where a message holds, as regions of ours: outlines, codes, both, neither."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anlan.base.outbox.models import Event
from anlan.base.regions.models import Boundary, Edition, Region
from anlan.protocols.alerting.message import Area
from anlan.warn.models import Received
from anlan.warn.selectors.areas import cover
from anlan.warn.services.receiving import receive_alert
from anlan.warn.tests.conftest import (
    A1,
    A2,
    B1,
    COUNTY,
    EAST,
    OFFICER,
    WEST,
    at,
    box,
    national,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]


def receive(data: bytes, **more: str) -> Received:
    return Received.objects.get(pk=receive_alert(original=data, by=OFFICER, **more))


def notes_of(row: Received) -> set[str]:
    return {note for note, _ in row.notes}


def state(row: Received) -> tuple[str, str]:
    row.refresh_from_db()
    return row.state, row.handling


@pytest.mark.parametrize(
    ("codes", "polygon", "circle", "regions", "notes"),
    [
        ((COUNTY,), "", "", [COUNTY], set()),
        (("330000000000",), "", "", ["339900000000"], {"narrowed"}),
        (("339901101",), "", "", [WEST], set()),
        ((A1, A2), "", "", [WEST], set()),
        ((A1, B1), "", "", [A1, B1], set()),
        ((A1, "440000000000"), "", "", [A1], {"outside"}),
        (("440000000000",), "", "", [], {"outside", "elsewhere"}),
        (("339901101999",), "", "", [WEST], {"widened"}),
        ((), box(121.01, 28.01, 121.05, 28.05), "", [A1], set()),
        ((), box(121.05, 28.01, 121.15, 28.05), "", [WEST], set()),
        ((), box(121.05, 28.01, 121.25, 28.05), "", [WEST, B1], set()),
        ((), box(121.0, 28.0, 121.1, 28.2), "", [A1], set()),  # neighbours share its very edge
        ((), box(100.0, 20.0, 101.0, 21.0), "", [], {"elsewhere"}),
        ((), "", "28.1,121.15 0.05", [A2], set()),  # fifty metres in a wide village
        (("330000000000",), box(121.05, 28.01, 121.15, 28.05), "", [WEST], {"narrowed"}),
        ((A1,), box(121.05, 28.01, 121.15, 28.05), "", [A1], set()),
        ((B1,), box(121.05, 28.01, 121.15, 28.05), "", [WEST, B1], {"disagree"}),
        ((), "", "", [], {"no-area"}),
    ],
)  # fmt: skip
def test_an_area_comes_to_the_fewest_regions_that_hold_it(
    codes: tuple[str, ...],
    polygon: str,
    circle: str,
    regions: list[str],
    notes: set[str],
) -> None:
    row = receive(national(codes=codes, polygon=polygon, circle=circle))
    assert row.regions == sorted(regions)
    assert notes_of(row) == notes


def test_a_closed_region_is_answered_for_by_its_successor() -> None:
    Region.objects.create(
        code="339901103000", name="旧乡", level=4, parent_id=COUNTY, valid_to=at().date(),
        successor=EAST,
    )  # fmt: skip
    row = receive(national(codes=("339901103000",)))
    assert (row.regions, notes_of(row)) == ([EAST], {"succeeded"})


def test_without_boundaries_the_seats_decide() -> None:
    Boundary.objects.filter(region__in=(A1, A2)).delete()
    Region.objects.filter(pk=A1).update(lon=121.05, lat=28.1)
    Region.objects.filter(pk=A2).update(lon=121.15, lat=28.1)
    row = receive(national(codes=(), polygon=box(121.01, 28.05, 121.09, 28.15)))
    assert row.regions == [A1]


def test_a_message_without_any_area_waits_for_somebody_who_says_where() -> None:
    row = receive(national(codes=()))
    assert state(row) == ("standing", "waiting")
    assert (row.regions, row.region_id) == ([], "339900000000")
    assert not Event.objects.filter(kind="warn.AlertReceived").exists()


def test_an_area_said_again_costs_nothing_until_the_regions_change() -> None:
    edition = Edition.objects.create(stamp="1", changed_at=at(0))
    area = Area(codes=(A1, A2))
    assert cover([area]).regions == (WEST,)
    with CaptureQueriesContext(connection) as queries:
        assert cover([area]).regions == (WEST,)
    assert len(queries) == 1  # which edition it is
    Region.objects.filter(pk=A2).update(valid_to=at(-1).date())
    Edition.objects.filter(pk=edition.pk).update(stamp="2")
    assert cover([area]).regions == (WEST,)
    assert ("widened", A2) in cover([area]).notes
