import re

import pytest
from django.test import Client

from anlan.base.forms import selectors, services
from anlan.base.forms.models import Revision, Sheet
from anlan.base.forms.tests.conftest import DUTY, TOWN, Turn, World, drawn
from anlan.base.obligations import services as obligations
from anlan.base.obligations.models import Obligation
from anlan.base.people.tests import village as v
from anlan.base.permissions.models import Link

pytestmark = pytest.mark.django_db


def link(sheet: Sheet) -> str:
    keys = obligations.make_links(obligation=sheet.obligation, by=DUTY)
    return f"/m/{keys[v.person_of('P1')]}"


def page(client: Client, address: str, language: str = "zh", **posted: str) -> str:
    headers = {"accept-language": language}
    found = (
        client.post(address, posted, headers=headers)
        if posted
        else client.get(address, headers=headers)
    )
    assert found.status_code == 200
    return found.content.decode()


def version(text: str) -> str:
    found = re.search(r"name=version value=(\d+)", text)
    assert found is not None
    return found[1]


def test_a_township_fills_in_by_the_link_without_a_password(world: World, client: Client) -> None:
    sheet = world.sheet(world.open())
    address = link(sheet)
    text = page(client, address)
    assert "云岭乡" in text
    assert "转移人数（人） *" in text
    assert len(text.encode()) < 25_000
    done = page(
        client, address, act="submit", version=version(text),
        **{"r0.moved": "12", "r0.stuck": "", "r0.road": "断", "r0.power": "是"},
    )  # fmt: skip
    assert "已上报，谢谢。" in done
    told = selectors.sheet_told(DUTY, sheet.pk)
    assert told["begin"] == [
        {"moved": 12, "stuck": None, "road": "断", "power": True, "note": None}
    ]
    assert told["revisions"][0]["on_behalf"] is False
    assert Obligation.objects.get(pk=sheet.obligation).state == "closed"
    assert Link.objects.get(subject=sheet.obligation, person=v.person_of("P1")).used_at


def test_looking_at_the_page_reaches_and_submits_nothing(world: World, client: Client) -> None:
    sheet = world.sheet(world.open())
    address = link(sheet)
    page(client, address)
    assert Obligation.objects.get(pk=sheet.obligation).state == "issued"
    assert client.post(address, {"seen": "1"}).status_code == 204
    assert Obligation.objects.get(pk=sheet.obligation).state == "reached"
    assert not Revision.objects.exists()


def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(
    world: World, client: Client
) -> None:
    sheet = world.sheet(world.open())
    address = link(sheet)
    text = page(
        client, address, act="submit", version="1",
        **{"r0.moved": "很多<", "r0.note": "张三家"},
    )  # fmt: skip
    assert "应为数字；不知道就空着" in text
    assert 'value="很多&lt;"' in text
    assert 'value="张三家"' in text
    assert not Revision.objects.exists()


def test_a_draft_is_kept_and_last_time_is_one_press(
    world: World, client: Client, turn: Turn
) -> None:
    first = world.open()
    world.fill(world.sheet(first), TOWN, {"moved": 12, "note": "同"})
    turn.forward(hours=1)
    sheet = world.sheet(world.open(after=1))
    address = link(sheet)
    text = page(client, address)
    assert "上次 12" in text
    copied = page(client, address, act="copy", version=version(text))
    assert "已照抄第 1 轮，核对后再上报" in copied
    assert 'value="12"' in copied
    kept = page(client, address, act="save", version=version(copied), **{"r0.moved": "13"})
    assert "草稿已存，还没有上报" in kept
    assert "这些数照抄自第 1 轮" in page(client, address)
    assert selectors.sheet_told(TOWN, sheet.pk)["begin"][0]["moved"] == 13


def test_who_was_second_is_told_and_loses_nothing(world: World, client: Client) -> None:
    sheet = world.sheet(world.open())
    address = link(sheet)
    text = page(client, address)
    services.save_sheet(
        sheet=sheet.pk, filled=services.Filled(rows=[{"moved": 4}], version=1), by=TOWN
    )
    told = page(client, address, act="submit", version=version(text), **{"r0.moved": "9"})
    assert "刚由" in told
    assert 'value="9"' in told
    assert "已存的是 4" in told
    assert "已上报" in page(
        client, address, act="submit", version=version(told), **{"r0.moved": "9"}
    )


def test_a_correction_and_a_sheet_sent_back_find_their_page(
    world: World, client: Client, turn: Turn
) -> None:
    sheet = world.sheet(world.open())
    address = link(sheet)
    page(client, address, act="submit", version="1", **{"r0.moved": "9"})
    text = page(client, address)
    assert "有变化可以更正" in text
    assert "已更正，谢谢。" in page(
        client, address, act="submit", version=version(text), **{"r0.moved": "8"}
    )
    services.return_sheet(sheet=sheet.pk, reason="少了一个村", version=3, by=DUTY)
    assert "少了一个村" in page(client, address)
    turn.forward(hours=1)
    world.open(after=1)
    assert "这一轮已经结束，仍可补报和更正" in page(client, address)


def test_free_rows_grow_one_by_one(people: None, client: Client) -> None:  # noqa: ARG001
    form = services.draw_form(drawn=drawn(rows="free", regions=[v.TOWN]), by=DUTY)
    sheet = Sheet.objects.get(round=World(form).open())
    address = link(sheet)
    text = page(client, address, act="add", version="1", lines="1", **{"r0.moved": "2"})
    assert "第 2 行" in text
    page(
        client, address, act="submit", version=version(text), lines="2",
        **{"r0.moved": "2", "r1.moved": "3"},
    )  # fmt: skip
    assert [row["moved"] for row in selectors.sheet_told(TOWN, sheet.pk)["begin"]] == [2, 3]


def test_the_page_speaks_english_and_is_made_for_a_thumb(world: World, client: Client) -> None:
    sheet = world.sheet(world.open())
    text = page(client, link(sheet), language="en")
    for said in ("Submit", "Keep a draft", "Round 1", "Not known, leave empty"):
        assert said in text
    assert "font-size:20px" in text
    assert "width=device-width" in text
