import pytest

from anlan.base.cases import selectors, services
from anlan.base.cases.models import Case
from anlan.base.permissions.actor import system
from anlan.base.regions.models import Region
from anlan.base.vault import services as vault
from anlan.kernel.errors import Conflict, Missing

pytestmark = pytest.mark.django_db

BY = system("test")
COUNTY = "339901000000"


@pytest.fixture(autouse=True)
def regions(db: None) -> None:  # noqa: ARG001 - asks for the database
    """A county."""
    Region.objects.create(code=COUNTY, name="云屿县", level=3)


def _open(title: str, key: str = "", parent: str | None = None) -> str:
    return services.open_case(
        hazard="typhoon", region=COUNTY, title=title, by=BY, key=key, parent=parent
    )


def test_the_same_fact_told_twice_is_one_case() -> None:
    assert _open("台风甲", "typhoon:2601") == _open("又是台风甲", "typhoon:2601")
    assert _open("无名") != _open("无名")


def test_a_closed_case_does_not_swallow_the_next_one_of_its_key() -> None:
    first = _open("台风甲", "typhoon:2601")
    services.close_case(case=first, by=BY)
    assert _open("台风甲", "typhoon:2601") != first
    with pytest.raises(Conflict):
        services.close_case(case=first, by=BY)


def test_late_facts_of_a_merged_case_join_the_one_that_stayed() -> None:
    main, other = _open("台风"), _open("水库告警", "alarm:R1")
    assert services.merge_case(case=other, into=main, by=BY) == main
    assert _open("水库告警", "alarm:R1") == main
    assert selectors.root_of(other) == main
    assert set(selectors.members(main)) == {main, other}


def test_merging_never_makes_a_ring() -> None:
    one, two, three = _open("一"), _open("二"), _open("三")
    services.merge_case(case=two, into=one, by=BY)
    services.merge_case(case=three, into=two, by=BY)
    assert Case.objects.get(pk=three).parent_id == one
    with pytest.raises(Conflict):
        services.merge_case(case=one, into=three, by=BY)
    with pytest.raises(Missing):
        services.merge_case(case=one, into="0" * 26, by=BY)


def test_erasing_a_case_takes_the_texts_of_all_merged_into_it() -> None:
    one, two = _open("一"), _open("二")
    services.merge_case(case=two, into=one, by=BY)
    sealed = vault.seal(two, "张三家在屋后")
    services.erase_case(case=one, by=BY)
    assert vault.open(two, sealed) == vault.ERASED
