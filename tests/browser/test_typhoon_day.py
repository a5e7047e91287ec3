"""The Lekima day on screens: officer, commander, township and village; and something real in it.

The tests are one night: each begins where the one before it ended.
"""

import os
import re
from collections import Counter
from collections.abc import Container, Iterator, Mapping
from contextlib import closing
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from anlan.base.conftest import RealWorkspace
from anlan.demo.county import generate
from anlan.kernel import clock
from anlan.warn.tests.conftest import national
from tests.browser import gauges, typhoon
from tests.browser.conftest import log_in, shoot, shown
from tests.browser.hearing import hear_the_phones, hears_the_hall, is_legible, opened
from tests.browser.leaving import adds_up, four_of, says, tick
from tests.browser.offices import Office, link_told, open_office
from tests.browser.seats import Seats
from tests.browser.typhoon import Night
from tests.durability.providers import Plan, Providers, serving

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow(module_s=200),
    pytest.mark.skipif(
        bool(os.environ.get("DATABASE_URL")), reason="an exercise is embedded whatever it is of"
    ),
]

FAR_TOWN = f"{typhoon.TAKEN[:9]}000"
#: The township the demo accounts work in.
HOME = generate().full_villages[0][:9]
EVACUATION = "云岭片危险区转移"
#: Whether nothing waits to leave a workspace any more.
SENT = """async () => {
const told = await (await fetch('/api/v1/comms/messages?size=1')).json()
return told.total > 0 && !told.counts.queued && !told.counts.sending }"""


@pytest.fixture(scope="module")
def providers() -> Iterator[tuple[Providers, str, int]]:
    """Give real providers of short messages and of mail, and where they answer."""
    made = Providers(Plan(), lambda _: None)
    with serving(made) as (sink, port):
        yield made, sink.address, port


@pytest.fixture(scope="module")
def night(
    migrated: RealWorkspace,
    providers: tuple[Providers, str, int],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Night]:
    """Give the storm's night in a county of two townships, from 04:24."""
    directory = tmp_path_factory.mktemp("lekima")
    with typhoon.falling(directory, migrated, *providers[1:]) as made:
        made.play("04:28")
        made.mistake()
        yield made


@pytest.fixture
def seats(night: Night, chromium: Browser) -> Iterator[Seats]:
    """Give the screens of the exercise."""
    made = Seats(chromium, night.drill)
    yield made
    made.close()
    assert made.wrong == []


@pytest.fixture(scope="module")
def chief(night: Night, chromium: Browser) -> Iterator[Office]:
    made = open_office(chromium, night.drill, "zhihui")
    yield made
    made.asked.dispose()


@pytest.fixture(scope="module")
def duty(night: Night, chromium: Browser) -> Iterator[Office]:
    made = open_office(chromium, night.drill, "duty")
    yield made
    made.asked.dispose()


def test_the_officer_sees_alarms_and_warnings_come_in_and_passes_a_red_one_on(
    seats: Seats, duty: Office
) -> None:
    page = seats.at("duty", "/alarms")
    expect(page.locator("aside.strip")).to_contain_text("演练 · 不是真的")
    items = duty.get("/alerts/received?state=waiting&hazard=flash-flood")["items"]
    page = seats.at("duty", f"/warn/inbox?at={items[0]['id']}")
    shoot(page, "lekima-2-inbox")
    page.get_by_role("button", name="原文转发").click()
    dialog = page.get_by_role("dialog", name="原文转发并叫应")
    expect(dialog.get_by_role("button", name="转发并叫应")).to_be_enabled()
    page.keyboard.press("Control+Enter")
    expect(dialog.get_by_text("已原文转发，叫应已经开始")).to_be_visible()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/warn/board/"))
    expect(page.locator(".tally .called dd")).to_have_text(re.compile(r"^[1-9]\d+$"))
    shoot(page, "lekima-3-board")


def test_the_commander_starts_the_response_that_is_proposed_and_gives_an_order(
    seats: Seats, chief: Office
) -> None:
    page = seats.at("zhihui", "/respond")
    card = page.locator("article, li, section").filter(has_text="建议启动防汛").last
    expect(card).to_be_visible()
    shoot(page, "lekima-4-proposals")
    card.get_by_role("button", name="启动", exact=True).click()
    dialog = page.get_by_role("dialog", name="启动应急响应")
    expect(dialog.get_by_text("启动后立即下达")).to_be_visible()
    dialog.get_by_role("textbox", name="理由").fill("会商一致")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name=re.compile("^防汛.*级$"), level=1)).to_be_visible()
    shown(page)
    shoot(page, "lekima-5-response")

    title = "查清枫岭头村一带的道路和通信"
    chief.post("/orders", {"title": title, "regions": [FAR_TOWN], "roles": ["duty-officer"]})
    page = seats.at("zhihui", "/respond/orders")
    expect(page.get_by_text(title)).to_be_visible()
    shoot(page, "lekima-6-order")


@pytest.fixture(scope="module")
def batch(duty: Office, chief: Office) -> Any:
    """Give the evacuation of the township the demo accounts work in, ordered at 04:28."""
    asked = {
        "title": EVACUATION, "region": f"{HOME}000", "hazards": ["flash-flood", "geological"],
        "expected_at": "2019-08-10T09:30:00+08:00",
    }  # fmt: skip
    made = duty.post("/evacuations", asked)["id"]
    duty.post(f"/evacuations/{made}/assign")
    return chief.post(f"/evacuations/{made}/order")


@pytest.fixture(scope="module")
def heard() -> dict[str, list[int]]:
    """Keep what the township's page said at which minute of the night."""
    return {}


def test_the_township_sees_who_is_to_leave_and_its_own_tick_changes_the_sums(
    seats: Seats, chief: Office, batch: Any, heard: dict[str, list[int]]
) -> None:
    page = seats.at("xiangzhen", "/obligations")
    expect(page.get_by_text("乡镇专职消防队待命").first).to_be_visible()
    shoot(page, "lekima-7-township")
    page = seats.at("xiangzhen", f"/evacuations/{batch['id']}")
    expect(page.get_by_role("heading", name=EVACUATION, level=1)).to_be_visible()
    before = adds_up(batch)
    assert before[0] > 0
    says(page, before)

    page.get_by_text("花名册", exact=True).click()
    page.get_by_role("button", name="打勾", exact=True).first.click()
    dialog = page.get_by_role("dialog", name="打勾")
    dialog.get_by_text("投亲靠友", exact=True).click()
    dialog.get_by_role("button", name="记下").click()
    expect(dialog).to_be_hidden()
    after = adds_up(chief.get(f"/evacuations/{batch['id']}"))
    moved = after[2] - before[2]
    assert moved > 0
    assert after == [before[0], before[1], moved, before[3] - moved]
    says(page, after)
    heard["04:28"] = after
    shoot(page, "lekima-8-township-roll")


def _called(duty: Office, villages: Container[str]) -> tuple[str, str, str]:
    """Find a called post in one of these villages, the link it was sent, and the village."""
    alerts = duty.get("/alerts?state=in-force&hazard=flash-flood")["items"]
    alert = next(one["id"] for one in alerts if one["relayed"])
    for row in duty.get(f"/alerts/{alert}/board?standing=silent&size=1000")["items"]:
        link = link_told(duty, row["obligation"]) if row["region"] in villages else ""
        if link:
            return row["obligation"], link, row["region"]
    pytest.fail("no village was sent a link")


def _debts(chief: Office) -> list[Any]:
    """List what villages owe of the evacuation."""
    return list(chief.get("/obligations?scope=all&kind=evacuate&size=200")["items"])


def test_a_village_answers_in_two_taps_and_ticks_its_roll_from_the_messages_it_got(
    night: Night, chromium: Browser, duty: Office, chief: Office, batch: Any,
    heard: dict[str, list[int]],
) -> None:  # fmt: skip
    villages = {one["region"]: one for one in batch["villages"]}
    owed, link, village = _called(duty, villages)
    phone = opened(night, chromium, link)  # the first tap, in the message
    expect(phone.locator(".kind")).to_have_text("演练，不是真实事件")
    is_legible(phone)
    shoot(phone, "lekima-9-phone-call")
    phone.get_by_role("button", name="已到岗").tap()
    expect(phone.locator("main > .done")).to_have_text("✓ 已反馈")
    is_legible(phone)
    shoot(phone, "lekima-10-phone-answered")
    verbs = [one["verb"] for one in duty.get(f"/obligations/{owed}")["steps"]]
    assert (verbs.count("answer"), verbs.count("report")) == (1, 1)

    debt = next(one["id"] for one in _debts(chief) if one["region"] == village)
    phone.goto(f"{night.drill.url.rstrip('/')}{link_told(duty, debt)}")
    is_legible(phone)
    shoot(phone, "lekima-11-phone-evacuation")
    phone.get_by_role("link", name="打开花名册，一户一户打勾").tap()
    before = adds_up(chief.get(f"/evacuations/{batch['id']}"))
    waiting = phone.locator("a.home", has_text="待通知").first
    key = waiting.get_attribute("data-key")
    home = phone.locator(f"a.home[data-key='{key}']")
    home.tap()
    is_legible(phone)
    shoot(phone, "lekima-12-phone-sheet")
    phone.locator("#sheet").get_by_role("button", name="已安置（集中）").tap()
    expect(home.locator(".st")).to_have_text("已安置（集中）")
    expect(phone.locator("#wait")).to_be_hidden()

    after = chief.get(f"/evacuations/{batch['id']}")
    heard["04:28"] = adds_up(after)
    moved = heard["04:28"][1] - before[1]
    assert moved > 0
    assert heard["04:28"] == [before[0], before[1] + moved, before[2], before[3] - moved]
    phone.reload()
    mine = next(one for one in after["villages"] if one["region"] == village)
    expect(phone.locator(".sum b")).to_have_text([str(one) for one in four_of(mine["sums"])])
    is_legible(phone)
    shoot(phone, "lekima-13-phone-roll")
    phone.context.close()


def _pass_on(live: Office) -> None:
    """Let the live officer pass the warning on: telephones ring, and mail goes out."""
    received = live.get("/alerts/received?state=waiting")["items"][0]
    live.post(f"/alerts/received/{received['id']}/relay", {"accepted": ["verify"]})


def _warn(night: Night, live: Office) -> None:
    """Let a department really warn."""
    original = national(sent=clock.real_now(), codes=("339901000000",))
    told = live.asked.post(
        f"{night.live.url}/api/v1/alerts/inbox", data=original,
        headers={**live.head, "Content-Type": "application/xml"},
    )  # fmt: skip
    assert told.ok, told.text()


@pytest.fixture(scope="module")
def live(night: Night, chromium: Browser) -> Iterator[Office]:
    """Give the officer in the live workspace."""
    made = open_office(chromium, night.live, "duty")
    yield made
    made.asked.dispose()


@pytest.fixture(scope="module")
def alarm(night: Night, chromium: Browser) -> Mapping[str, Any]:
    """Let a river really rise, while the drill goes on."""
    rivers = gauges.begun(chromium, night.live.url)
    return rivers.flood(rivers.rivers[0])


def test_what_is_really_the_matter_is_said_over_the_drill(
    seats: Seats, night: Night, live: Office, alarm: Mapping[str, Any]
) -> None:
    real = seats.at("duty", "/warn/inbox").get_by_role("region", name="转实战")
    expect(real).to_contain_text(alarm["title"])
    expect(real).to_contain_text(alarm["place"])
    go = real.get_by_role("link", name="去正式工作区")
    assert go.get_attribute("href") == f"{night.live.url.rstrip('/')}/alarms"
    shoot(real.page, "lekima-14-real")
    _warn(night, live)
    expect(real).to_contain_text("2 件真实报警")


def test_the_hall_and_the_phones_of_the_drill_hear_of_it_too_but_not_where(
    night: Night, chromium: Browser, duty: Office, chief: Office, alarm: Mapping[str, Any]
) -> None:
    hears_the_hall(night, chromium, alarm)
    hear_the_phones(night, chromium, link_told(duty, _debts(chief)[0]["id"]), alarm)


def test_it_is_said_no_more_once_somebody_took_it_in_hand(
    seats: Seats, live: Office, alarm: Mapping[str, Any]
) -> None:
    real = seats.at("duty", "/warn/inbox").get_by_role("region", name="转实战")
    expect(real).to_contain_text("2 件真实报警")
    _pass_on(live)
    live.post("/alarms/acknowledge", {"ids": [alarm["id"]]})
    expect(real).to_have_count(0, timeout=90_000)  # told every minute


def test_the_village_nobody_listed_comes_to_the_top_once_it_is_silent_and_any_minute_is_played_back(
    seats: Seats, night: Night, chief: Office, batch: Any, heard: dict[str, list[int]]
) -> None:
    night.play("04:36")
    heard["04:36"] = tick(chief, batch["id"], "relatives")
    night.play("04:44")
    # Whoever refuses is still to leave.
    assert tick(chief, batch["id"], "refused", "keeps-house") == heard["04:36"]
    heard["04:44"] = tick(chief, batch["id"], "sheltered")
    page = seats.at("duty", "/warn/inbox")
    silent = page.get_by_text("枫岭头村").first
    expect(silent).to_be_visible()
    box = silent.bounding_box()
    first = page.locator(".row").first.bounding_box()
    assert box
    assert first
    assert box["y"] < first["y"]
    shoot(page, "lekima-15-silent")
    page = seats.at("duty", "/alarms")
    expect(page.get_by_role("link", name=re.compile(r"^报警台 \d+"))).to_be_visible()
    shoot(page, "lekima-1-alarms")
    case = chief.get("/responses")["items"][0]["case"]
    page = seats.at("duty", f"/cases/{case}")
    slider = page.get_by_role("slider", name="回放时刻")
    before = slider.get_attribute("aria-valuetext")
    slider.press("ArrowLeft")
    expect(slider).not_to_have_attribute("aria-valuetext", before or "")
    shoot(page, "lekima-16-case")


def test_what_is_due_adds_up_at_every_minute_as_it_was_seen_then(
    seats: Seats, chief: Office, batch: Any, heard: dict[str, list[int]]
) -> None:
    told = {}
    for past in range(24, 45):
        at = f"2019-08-09T20:{past}:00Z"
        told[f"04:{past}"] = adds_up(chief.get(f"/evacuations/{batch['id']}?at={at}"))
    assert {minute: told[minute] for minute in heard} == heard
    assert len({tuple(four) for four in heard.values()}) == len(heard) == 3
    assert [minute for minute, four in told.items() if not any(four)] == [
        f"04:{past}" for past in range(24, 28)
    ]
    assert told["04:35"] == heard["04:28"]
    assert told["04:43"] == heard["04:36"]

    page = seats.at("xiangzhen", f"/evacuations/{batch['id']}")
    says(page, heard["04:44"])
    for minute in ("04:30", "04:40"):
        field = page.get_by_role("combobox", name="看某一时刻")
        field.fill(f"2019-08-10 {minute}")
        field.press("Enter")
        says(page, told[minute])
    shoot(page, "lekima-17-due-then")


def test_only_what_is_real_rang_a_telephone_or_came_into_a_mailbox(
    night: Night, chromium: Browser, providers: tuple[Providers, str, int]
) -> None:
    sent = {}
    for place in (night.live, night.drill):
        with closing(chromium.new_context(locale="zh-CN")) as context:
            page = context.new_page()
            log_in(page, place, "duty")
            page.goto(f"{place.url.rstrip('/')}/welcome")
            page.wait_for_function(SENT, timeout=60_000)
        sent[place] = night.tries(place.dir)
    real, drilled = sent[night.live], sent[night.drill]
    assert real.keys() == {"mas", "post"}
    assert drilled.keys() == {"console"}
    assert drilled["console"] > sum(real.values()) > 0

    log = providers[0].log
    assert Counter(line.carrier for line in log) == real
    assert {line.verdict for line in log} == {"taken"}
    assert not [line.text for line in log if "演练" in line.text]
    links = [line.link for line in log if line.carrier == "mas"]
    assert all(link.startswith(night.live.url.rstrip("/")) for link in links)
