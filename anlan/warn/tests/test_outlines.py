"""The outline a channel is told of a call: none that nobody knows, none that would lose ground."""

import pytest
import shapely

from anlan.base.jobs.worker import drain
from anlan.base.people.models import Post
from anlan.comms import reasons
from anlan.comms.declaration import read_text
from anlan.comms.models import Message
from anlan.comms.tests.conftest import Home
from anlan.comms.tests.providers import SMS, set_up
from anlan.comms.tests.sink import Sink, sink
from anlan.protocols.declared.taking import Wrong
from anlan.warn.models import Alert
from anlan.warn.selectors.outgoing import message_of, national_of
from anlan.warn.tests import calling as v
from anlan.warn.tests.conftest import World

pytestmark = pytest.mark.django_db

DRAWN = SMS.replace('text = "{{text}}"', 'text = "{{text}}", area = "{{area}}"')
#: So many islands that ten points cannot go round each of them.
ISLANDS = shapely.geometry.mapping(
    shapely.MultiPolygon([shapely.box(121 + n / 10, 28, 121.05 + n / 10, 28.05) for n in range(9)])
)
ONE = shapely.geometry.mapping(shapely.Polygon(shapely.Point(121.1, 28.1).buffer(0.05, 64)))


@pytest.fixture(autouse=True)
def posts(world: World) -> dict[str, Post]:  # noqa: ARG001 - comes after it
    made = v.make_posts()
    v.give_telephones()
    return made


def _called(home: Home, far: Sink, alert: Alert, more: str) -> None:
    set_up(home, far.address, more, text=DRAWN)
    v.call(alert)
    v.told()
    drain()


def test_an_outline_nobody_knows_is_told_as_unknown_and_keeps_no_message_back(home: Home) -> None:
    with sink() as far:
        _called(home, far, v.issued(area=None), "[area]\nmax_polygon_points = 10")
    assert far.asked
    assert {one.json["area"] for one in far.asked} == {None}


def test_what_so_few_points_cannot_cover_is_not_sent_smaller_but_fails_with_its_reason(
    home: Home,
) -> None:
    alert = v.issued(area=ISLANDS)
    with sink() as far:
        _called(home, far, alert, "[area]\nmax_polygon_points = 10")
        assert far.asked == []
        told = Message.objects.filter(channel="sms").exclude(reason=reasons.VACANT)
        assert set(told.values_list("state", "reason")) == {("failed", reasons.NO_OUTLINE)}
        assert reasons.REASONS[reasons.NO_OUTLINE].again  # once the file allows for more


def test_the_national_message_of_what_cannot_be_drawn_goes_by_its_codes_which_cover_it(
    home: Home,
) -> None:
    home.settings(
        '[alerts]\nnational_sender = "33990100000000"\nnational_max_polygon_points = 10\n'
    )
    for area, count in ((ISLANDS, 0), (ONE, 1)):
        alert = v.issued(area=area)
        national = national_of(alert, message_of(alert))
        assert national is not None
        (place,) = national.infos[0].areas
        assert place.codes == tuple(alert.regions)
        assert len(place.polygons) == count
        assert sum(map(len, place.polygons)) <= 10


@pytest.mark.parametrize(
    ("more", "said"),
    [("[area]\nmax_polygon_points = 3", "不小于 10"), ('[area]\nform = "svg"', "不在可选之列")],
)
def test_a_limit_that_draws_nothing_is_refused(more: str, said: str) -> None:
    with pytest.raises(Wrong) as refused:
        read_text("sms", DRAWN.format(address="http://127.0.0.1:9", more=more))
    assert said in str(refused.value.problems)


def test_a_limit_for_an_outline_nothing_names_is_refused() -> None:
    with pytest.raises(Wrong) as refused:
        read_text("sms", SMS.format(address="http://127.0.0.1:9", more="[area]\nform = 'cap'"))
    assert "要用到 {area}" in str(refused.value.problems)
