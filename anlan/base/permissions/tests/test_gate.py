"""May this actor do this here?"""

from datetime import UTC, datetime, timedelta

import pytest

from anlan.base.permissions import PUBLIC, Actor, Holding, may, permit, prefixes, system, visible
from anlan.base.permissions.gate import condition, shared
from anlan.base.permissions.models import User
from anlan.base.permissions.rights import ADMINISTRATORS, declare_subject, role, table
from anlan.kernel import clock
from anlan.kernel.errors import Conflict, Forbidden, Invalid

COUNTY, TOWN, VILLAGE, OTHER = "339901000000", "339901101000", "339901101201", "339902101000"

declare_subject("gauges", "resources")


def actor(*held: Holding) -> Actor:
    return Actor("user:1", "1", "陈", held)


def test_a_role_reaches_its_region_and_everything_below() -> None:
    lead = actor(Holding("duty-lead", "339901"))
    assert may(lead, "gauges.edit", COUNTY)
    assert may(lead, "gauges.edit", VILLAGE)
    assert not may(lead, "gauges.edit", OTHER)
    assert not may(lead, "gauges.edit", "339900000000")


def test_without_a_region_the_question_is_whether_anywhere_at_all() -> None:
    assert may(actor(Holding("duty-lead", "339901")), "gauges.edit")
    assert not may(actor(Holding("expert", "339901")), "gauges.edit")


def test_an_empty_region_is_nowhere_even_for_the_whole_country() -> None:
    everywhere = actor(Holding("duty-lead", ""))
    assert not may(everywhere, "gauges.edit", "")
    assert may(everywhere, "gauges.edit", OTHER)


def test_strangers_may_nothing() -> None:
    for action in ("gauges.view", "obligations.view", "regions.view", "journal.view"):
        assert not may(PUBLIC, action)
        assert not may(actor(), action)


def test_the_platform_itself_may_everything() -> None:
    assert may(system("climb"), "anything.at-all", "")
    assert prefixes(system("climb"), "gauges.view") == ("",)


def test_a_refusal_says_nothing_about_the_thing() -> None:
    with pytest.raises(Forbidden) as refused:
        permit(actor(Holding("village", "339901101201")), "gauges.view", OTHER)
    assert OTHER not in refused.value.detail
    assert "gauges" not in refused.value.detail


def test_overlapping_prefixes_are_told_once() -> None:
    both = actor(Holding("township", "339901101"), Holding("section", "339901"))
    assert prefixes(both, "gauges.view") == ("339901",)
    assert prefixes(actor(), "gauges.view") == ()


def test_a_role_ends_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    begins = datetime(2026, 8, 1, tzinfo=UTC)
    lent = actor(Holding("commander", "339901", begins + timedelta(days=2), begins, "u2"))
    told = []
    for hours in (-1, 1, 47, 48):
        monkeypatch.setattr(clock, "now", lambda at=begins + timedelta(hours=hours): at)
        told.append(may(lent, "gauges.view", TOWN))
    assert told == [False, True, True, False]


def test_a_village_finds_the_directory_of_the_levels_above_it_but_not_beside_it() -> None:
    village = actor(Holding("village", "339901101201"))
    assert may(village, "directory.view", TOWN)
    assert may(village, "directory.view", COUNTY)
    assert not may(village, "directory.view", "339901101202")
    assert not may(village, "gauges.view", TOWN)
    assert shared(village, "directory.view") == (
        "330000000000", "339900000000", COUNTY, TOWN,
    )  # fmt: skip


@pytest.mark.django_db
def test_rows_are_narrowed_to_the_region() -> None:
    for username, region in (("a", TOWN), ("b", VILLAGE), ("c", OTHER), ("d", "")):
        User.objects.create(username=username, name=username, region=region)

    def seen(*held: Holding) -> set[str]:
        rows = visible(User.objects.all(), actor(*held), "users.view", column="region")
        return set(rows.values_list("username", flat=True))

    assert seen(Holding("system-admin", "339901")) == {"a", "b"}
    assert seen(Holding("system-admin", "339901101201")) == {"b"}
    assert seen(Holding("system-admin", "")) == {"a", "b", "c", "d"}
    assert seen(Holding("commander", "")) == set()
    assert condition(actor(), "users.view") is not None


@pytest.mark.django_db
def test_asking_for_a_region_narrows_to_what_is_seen_of_it() -> None:
    for username, region in (("a", TOWN), ("b", VILLAGE), ("c", OTHER), ("d", COUNTY)):
        User.objects.create(username=username, name=username, region=region)

    def seen(prefix: str, within: str, action: str = "users.view") -> set[str]:
        keeper = actor(Holding("system-admin", prefix), Holding("village", prefix))
        rows = visible(User.objects.all(), keeper, action, column="region", within=within)
        return set(rows.values_list("username", flat=True))

    assert seen("339901", TOWN) == {"a", "b"}
    assert seen("339901101", COUNTY) == {"a", "b"}
    assert seen("339901101", OTHER) == set()
    assert seen("", TOWN) == {"a", "b"}
    assert seen("339901101", TOWN, "directory.view") == {"a", "b"}
    assert seen("339901101201", COUNTY, "directory.view") == {"a", "b", "d"}
    assert seen("339901101201", OTHER, "directory.view") == set()


def test_the_three_administrators_share_nothing_with_business_or_each_other() -> None:
    business = [key for key in table().roles if key not in ADMINISTRATORS and key != "public"]
    for action in ("gauges.view", "gauges.edit", "obligations.view", "notices.send"):
        for key in ADMINISTRATORS:
            assert not may(actor(Holding(key, "")), action), (key, action)
    for action in ("grants.edit", "users.create", "users.lock", "users.reset", "stuck.mend"):
        for key in business:
            assert not may(actor(Holding(key, "")), action), (key, action)
    assert not may(actor(Holding("system-admin", "")), "journal.view")
    assert not may(actor(Holding("system-admin", "")), "grants.edit")
    assert not may(actor(Holding("security-admin", "")), "users.create")
    assert not may(actor(Holding("security-admin", "")), "users.reset")
    assert not may(actor(Holding("audit-admin", "")), "users.view")


def test_a_star_is_one_word_and_no_more() -> None:
    section = actor(Holding("section", ""))
    assert may(section, "gauges.retire")
    assert not may(section, "journal.seal")
    assert not may(section, "gauges")
    assert not may(section, "gauges.edit.more")
    assert not may(section, "unknown.view")


def test_an_unknown_role_is_refused_where_it_is_given_and_powerless_where_it_is_held() -> None:
    with pytest.raises(Invalid):
        role("emperor")
    assert not may(actor(Holding("emperor", "")), "gauges.view")


def test_a_register_has_one_domain() -> None:
    with pytest.raises(Conflict):
        declare_subject("gauges", "people")
