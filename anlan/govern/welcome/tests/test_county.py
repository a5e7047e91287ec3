"""What a county still lacks is counted from its rows, as far as the asker may look."""

from typing import Any

import pytest

from anlan.base.people.models import Phone, Post
from anlan.base.permissions.actor import Actor, Holding
from anlan.base.register.registry import REGISTERS
from anlan.govern.welcome.selectors import county
from anlan.kernel import clock
from anlan.kernel.errors import Forbidden
from tests.declarations.demo_rows import COUNTY, OTHER_TOWN, TOWN, make_regions, save_demo

pytestmark = pytest.mark.django_db


def somebody(role: str, region: str = COUNTY) -> Actor:
    """Make an actor with a role in a region."""
    holding = Holding(role, region.rstrip("0"))
    return Actor(ref=f"user:{role}", user_id=role, name=role, region=region, roles=(holding,))


def steps(actor: Actor) -> dict[str, dict[str, Any]]:
    return {one["key"]: one for one in county(actor)["steps"]}


def books(step: dict[str, Any]) -> dict[str, int]:
    return {one["key"]: one["rows"] for one in step["registers"]}


def test_a_county_of_the_first_day_lacks_everything_but_its_regions() -> None:
    make_regions()
    told = county(somebody("section"))
    assert told["young"]
    found = {one["key"]: one for one in told["steps"]}
    assert list(found) == ["regions", "people", "stations", "registers", "plans", "channels"]
    assert found["regions"]["counts"] == {"towns": 2, "villages": 1, "cells": 0}
    assert found["regions"]["gaps"] == {"towns-without-villages": 1}
    assert [found[key]["state"] for key in ("people", "stations", "registers", "plans")] == [
        "empty", "empty", "empty", "empty",
    ]  # fmt: skip
    assert found["registers"]["gaps"]["empty-registers"] == len(found["registers"]["registers"])
    assert all(one["may_import"] for one in found["registers"]["registers"])


def test_what_was_loaded_is_counted_and_what_is_not_whole_is_named() -> None:
    make_regions()
    for key in ("holdings", "streams", "shelters"):
        save_demo(REGISTERS[key])
    found = steps(somebody("section"))
    people = found["people"]
    assert books(people)["persons"] == books(people)["holdings"] == 1
    assert people["gaps"] == {"holders-without-phone": 1}
    save_demo(REGISTERS["phones"])
    assert steps(somebody("section"))["people"]["gaps"] == {}
    Phone.objects.update(retired_at=clock.now())
    Post.objects.exclude(holdings=None).update(retired_at=clock.now())
    assert steps(somebody("section"))["people"]["gaps"] == {}  # who left the post is not missed
    assert (found["stations"]["state"], found["stations"]["gaps"]) == ("whole", {})
    assert books(found["registers"])["shelters"] == 1
    assert found["registers"]["state"] == "gaps"


def test_nobody_is_told_of_what_they_may_not_see() -> None:
    make_regions()
    save_demo(REGISTERS["shelters"])
    assert books(steps(somebody("township", TOWN))["registers"])["shelters"] == 1
    other = steps(somebody("township", OTHER_TOWN))
    assert books(other["registers"])["shelters"] == 0
    assert other["regions"]["counts"]["villages"] == 0
    administrator = steps(somebody("system-admin"))
    assert list(administrator) == ["regions", "channels"]
    assert not any(
        one["may_import"] for one in steps(somebody("grid", TOWN))["people"]["registers"]
    )
    with pytest.raises(Forbidden):
        county(somebody("audit-admin"))
