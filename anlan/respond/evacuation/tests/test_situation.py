"""People moved are a figure that may ask for a response."""

import pytest

from anlan.base.people.tests import village as v
from anlan.respond.evacuation.selectors.situation import people_moved
from anlan.respond.evacuation.tests.conftest import drafted, home_of, ordered, tick
from anlan.respond.responses.selectors.figures import counted_in

pytestmark = pytest.mark.usefixtures("world")


def test_who_is_out_of_danger_is_counted_while_a_batch_is_under_way() -> None:
    drafted()
    assert people_moved(v.COUNTY).value is None  # a draft moves nobody
    batch = ordered()
    assert people_moved(v.COUNTY).value == 0
    tick(batch, "relatives", household=home_of(batch, "H1"))
    told = counted_in(v.COUNTY, ["people-moved"])["people-moved"]
    assert told.value is not None
    assert told.value > 0
    assert told.at == batch.ordered_at
