"""What is kept: sums of what is ready, unknown where nobody counted, units by item."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from anlan.base.people.tests import village as v
from anlan.kernel import clock
from anlan.resources.models import Stock
from anlan.resources.selectors import items, stock_in, units_of


def keep(code: str, item: str, amount: int | None, **more: object) -> str:
    given = {"store": "某仓库", "keeping": "physical", "region": v.NEAR, "status": "ready", **more}
    return v.save("stocks", code=code, item=item, amount=amount, **given)


@pytest.mark.usefixtures("db", "workspace_of_tests")
def test_what_is_ready_is_added_up_and_what_nobody_counted_is_not_nought() -> None:
    v.make_regions()
    past = (clock.local(clock.now()).date() - timedelta(days=1)).isoformat()
    tent = keep("1", "tent", 30)
    keep("2", "tent", 12)
    keep("3", "tent", 100, expires_on=past)
    keep("4", "tent", 100, status="repair")
    keep("5", "quilt", None)
    keep("6", "pump", 5, status="repair")
    assert stock_in(v.COUNTY) == {"tent": 42, "quilt": None, "pump": 0}
    assert stock_in(v.FAR) == {}
    assert units_of([tent]) == {tent: "顶"}


def test_a_class_of_items_is_nothing_one_can_keep() -> None:
    assert "living" not in items()
    with pytest.raises(ValidationError) as refused:
        Stock(item="living").clean()
    assert list(refused.value.message_dict) == ["item"]
