"""Alerts in our own competence: whose they are, their words, what stops them."""

from typing import Any

import orjson
import pytest

from anlan import codes
from anlan.base.journal import selectors as journal
from anlan.base.outbox.models import Event
from anlan.kernel import clock
from anlan.kernel.errors import Conflict, Forbidden, Invalid, Missing
from anlan.warn.models import Alert
from anlan.warn.services.approving import (
    approve_alert,
    return_alert,
    sign_later,
    submit_alert,
)
from anlan.warn.services.drafting import Change, draft_alert, drop_alert, edit_alert, follow_alert
from anlan.warn.services.issuing import issue_alert
from anlan.warn.tests.conftest import (
    A1,
    CHARLIE,
    CHIEF,
    COUNTY,
    EAST,
    LEAD,
    N1,
    OFFICER,
    TOWNSHIP,
    VILLAGE,
    WEST,
    Turn,
)
from anlan.warn.tests.own import content, drafted, issued, later

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

BOX = {
    "type": "Polygon",
    "coordinates": [[[121.01, 28.01], [121.09, 28.01], [121.09, 28.1], [121.01, 28.01]]],
}


def events() -> list[dict[str, Any]]:
    rows = Event.objects.filter(kind="warn.AlertIssued").order_by("id")
    return [orjson.loads(one.body) for one in rows]


# Who may say what.


@pytest.mark.parametrize(
    ("kind", "hazard", "article"),
    [
        ("weather-signal", "rainstorm", "气象灾害防御条例第三十条"),
        ("flood-warning", "flood", "水情预警发布管理办法"),
        ("quake-early-warning", "earthquake", "地震预警管理办法"),
        ("government-alert", "rainstorm", "气象灾害防御条例第三十条"),
        ("government-alert", "geological", "地质灾害防治条例"),
    ],
)
def test_nobody_here_writes_a_warning_that_belongs_to_a_department(
    kind: str, hazard: str, article: str
) -> None:
    for by in (OFFICER, CHIEF, LEAD):
        with pytest.raises(Forbidden, match=article):
            draft_alert(content=content(kind=kind, hazard=hazard, level=1), by=by)
    assert not Alert.objects.exists()


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"kind": "no-such"}, "kind"),
        ({"hazard": "dragon"}, "hazard"),
        ({"level": None}, "level"),
        ({"level": 7}, "level"),
        ({"kind": "risk-notice", "level": 2}, "level"),
        ({"regions": ("339901999000",)}, "regions"),
    ],
)
def test_what_does_not_go_together_is_refused_with_its_field(
    more: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as told:
        draft_alert(content=content(**more), by=OFFICER)
    assert field in told.value.errors


def test_a_township_writes_for_itself_and_nobody_for_another_county() -> None:
    assert drafted(TOWNSHIP, kind="evacuation-notice", hazard="flood", level=None).region_id == WEST
    with pytest.raises(Forbidden):
        drafted(TOWNSHIP, kind="evacuation-notice", hazard="flood", level=None, regions=(EAST,))
    with pytest.raises(Forbidden, match="县级以上"):
        drafted(TOWNSHIP)
    with pytest.raises(Forbidden):
        drafted(CHARLIE)
    with pytest.raises(Forbidden):
        drafted(VILLAGE)
    with pytest.raises(Forbidden):
        drafted(OFFICER, regions=(WEST, N1))


def test_charlie_finds_nothing_to_do_anything_with() -> None:
    draft, out = drafted(), issued(hazard="fire")
    for deed in (
        lambda: edit_alert(alert=draft.pk, content=content(), by=CHARLIE),
        lambda: drop_alert(alert=draft.pk, reason="", by=CHARLIE),
        lambda: submit_alert(alert=draft.pk, by=CHARLIE),
        lambda: approve_alert(alert=draft.pk, by=CHARLIE),
        lambda: return_alert(alert=draft.pk, reason="x", by=CHARLIE),
        lambda: issue_alert(alert=draft.pk, by=CHARLIE),
        lambda: sign_later(alert=draft.pk, by=CHARLIE),
        lambda: follow_alert(alert=out.pk, action="cancel", change=Change(reason="x"), by=CHARLIE),
    ):
        with pytest.raises(Missing):
            deed()


# The words.


def test_the_words_stand_in_the_order_of_the_law() -> None:
    out = issued(expires_at=later(90))
    labels = [one.name for one in codes.table("warning-contents")]
    places = [out.text.index(f"{label}：") for label in labels]
    assert places == sorted(places)
    assert "云岭乡" in out.text
    assert "三级（黄色）" in out.text
    assert out.title == "云屿县人民政府发布危险化学品事故黄色预警[Ⅲ级/较重]"


def test_the_time_of_issue_is_written_when_it_goes_out(turn: Turn) -> None:
    draft = drafted()
    assert "发布时间" not in draft.text
    turn.forward(minutes=5)
    issue_alert(alert=draft.pk, by=OFFICER)
    draft.refresh_from_db()
    wall = clock.local(turn.at)
    assert draft.text.endswith(
        f"发布时间：{wall.year}年{wall.month}月{wall.day}日{wall:%H时%M分}。"
    )


def test_ready_words_fit_the_hazard_and_ones_own_go_before_them() -> None:
    ready = drafted(kind="evacuation-notice", hazard="geological", level=None)
    assert "向两侧高处避让" in ready.text
    assert ready.expires_at is not None
    own = drafted(text="请云岭乡沿河住户立即撤离到中心小学。", measures="立即撤离")
    assert own.text == "请云岭乡沿河住户立即撤离到中心小学。"


def test_a_drawn_area_comes_to_its_regions() -> None:
    draft = drafted(regions=(), area=BOX)
    assert (draft.regions, draft.region_id) == ([A1], A1)
    assert draft.area == BOX


# What stops it.


def test_without_an_area_it_cannot_even_be_submitted() -> None:
    draft = drafted(regions=())
    for deed in (submit_alert, issue_alert):
        with pytest.raises(Invalid) as told:
            deed(alert=draft.pk, by=OFFICER)
        assert "regions" in told.value.errors
    assert not events()


def test_what_contradicts_an_alert_in_force_is_refused_until_that_one_changes() -> None:
    first = issued()
    second = drafted(level=4, regions=(A1,))
    with pytest.raises(Invalid, match="不能签发") as told:
        issue_alert(alert=second.pk, by=OFFICER)
    assert "矛盾" in told.value.errors["level"][0]
    other = drafted(level=4, regions=(EAST,))
    issue_alert(alert=other.pk, by=OFFICER)
    assert Alert.objects.filter(state="issued").count() == 2
    assert first.pk != other.pk


def test_a_duplicate_goes_out_only_when_somebody_has_seen_that_it_is_one() -> None:
    issued()
    again = drafted()
    with pytest.raises(Conflict, match="duplicate"):
        issue_alert(alert=again.pk, by=OFFICER)
    issue_alert(alert=again.pk, by=OFFICER, accepted=("duplicate",))
    assert journal.history(("alert", again.pk))[0].facts["accepted"] == ["duplicate"]


def test_the_fourth_alert_of_an_hour_asks_whether_it_must_be() -> None:
    hazards = ("hazchem", "fire", "gas")
    for hazard in hazards:
        issued(hazard=hazard)
    fourth = drafted(hazard="mine")
    with pytest.raises(Conflict, match="often-hour"):
        issue_alert(alert=fourth.pk, by=OFFICER)
    elsewhere = drafted(hazard="mine", regions=(EAST,))
    issue_alert(alert=elsewhere.pk, by=OFFICER)


def test_own_words_that_leave_out_where_when_and_what_are_asked_about() -> None:
    draft = drafted(text="有危险。", measures="撤离")
    with pytest.raises(Conflict) as told:
        issue_alert(alert=draft.pk, by=OFFICER)
    for code in ("words-where", "words-when", "words-who", "words-do"):
        assert code in told.value.detail


def test_a_countys_alert_for_a_township_is_the_countys_to_sign_and_end() -> None:
    draft = drafted()
    assert (draft.region_id, draft.home) == (WEST, COUNTY)
    with pytest.raises(Missing):
        issue_alert(alert=draft.pk, by=TOWNSHIP)
    issue_alert(alert=draft.pk, by=OFFICER)
    with pytest.raises(Forbidden):
        follow_alert(alert=draft.pk, action="cancel", change=Change(reason="x"), by=TOWNSHIP)
    notice = drafted(TOWNSHIP, kind="evacuation-notice", hazard="flood", level=None)
    assert notice.home == WEST
    drop_alert(alert=notice.pk, reason="县里来办", by=OFFICER)  # the county may for its townships
