import json

import pytest

from anlan.base.people import selectors
from anlan.base.people.models import Holding
from anlan.base.people.tests import village as v
from anlan.base.permissions.actor import PUBLIC, Actor
from anlan.base.permissions.actor import Holding as Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]


@pytest.fixture(autouse=True)
def people(world: None) -> None:  # noqa: ARG001 - comes after it
    """Somebody in each township."""
    v.unit("U2", v.OTHER, "海门镇人民政府")
    v.person("P1", "王小明", v.NEAR, "10000001234", "10000005678")
    v.save("phones", person="P1", rank=3, number="10000009999", short_number="61234", kind="office")
    v.person("P2", "曾志伟", v.NEXT, "10000004321")
    v.person("P3", "李海", v.FAR, "10000001111", unit="U2")
    v.post("G1", "shelter-keeper", v.NEAR, holder="P1", deputy="P2")
    v.post("G2", "village-head", v.FAR, holder="P3")


def _codes(q: str, actor: Actor | None = None) -> list[str]:
    found = selectors.directory(q, actor or v.township()).items
    return [item["name"] for item in found]


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("王小明", ["王小明"]),
        ("小明", ["王小明"]),
        ("王", ["王小明"]),
        ("wxm", ["王小明"]),
        ("zzw", ["曾志伟"]),
        ("1234", ["王小明"]),
        ("10000005678", ["王小明"]),
        ("61234", ["王小明"]),
        ("渔山", ["李海"]),
        ("ysc", ["李海"]),
        ("海门镇", ["李海"]),
        ("避灾场所管理员", ["王小明", "曾志伟"]),
        ("前坑村G1", ["王小明", "曾志伟"]),
        ("海门镇 李", ["李海"]),
        ("海门镇 王", []),
        ("没有这个人", []),
        ("0000", []),
    ],
)
def test_the_one_box_finds_by_whatever_is_remembered(q: str, expected: list[str]) -> None:
    assert sorted(_codes(q)) == sorted(expected)


def test_a_card_tells_posts_deputy_and_masked_numbers() -> None:
    card = selectors.directory("王小明", v.township()).items[0]
    assert card["posts"][0]["rank"] == "A"
    assert card["deputy"]["name"] == "曾志伟"
    assert card["short_number"] == "61234"
    assert [phone["number"] for phone in card["phones"]] == [
        "100****1234", "100****5678", "100****9999",
    ]  # fmt: skip
    assert "10000001234" not in json.dumps(card, ensure_ascii=False, default=str)


def test_everybody_who_serves_finds_the_whole_county_and_strangers_find_nobody() -> None:
    village = Actor(ref="user:V", user_id="V", name="村", roles=(Role("village", v.NEXT),), via="s")
    assert len(_codes("", village)) == 3
    elsewhere = Actor(
        ref="user:O", user_id="O", name="外县", roles=(Role("township", "339902101"),), via="s"
    )
    assert _codes("", elsewhere) == []
    assert _codes("", PUBLIC) == []


def test_somebody_who_left_the_post_is_not_found_by_it() -> None:
    Holding.objects.update(until=v.day("2026-01-01"))
    assert "王小明" not in _codes("避灾场所管理员")


def test_a_page_takes_the_same_queries_for_one_and_for_many(
    django_assert_max_num_queries: object,
) -> None:
    for number in range(20):
        v.person(f"N{number}", f"赵{number}", v.NEAR, f"1000001{number:04d}")
    with django_assert_max_num_queries(16):  # type: ignore[operator]
        found = selectors.directory("", v.township())
    assert found.total == 23
