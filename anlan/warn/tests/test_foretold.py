"""From a signed forecast to drafts: proposed once, brought up to date, doubted, never sent."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from anlan.base.journal.models import Entry
from anlan.base.outbox.delivering import deliver_due
from anlan.base.outbox.services import publish
from anlan.base.permissions.actor import system
from anlan.forecast.events import ForecastApproved, ForecastWithdrawn
from anlan.forecast.models import Run
from anlan.kernel import clock
from anlan.sense.models import Station
from anlan.warn.models import Alert
from anlan.warn.selectors.checks import findings
from anlan.warn.selectors.filling import Content
from anlan.warn.services.approving import approve_alert, submit_alert
from anlan.warn.services.drafting import drop_alert, edit_alert
from anlan.warn.services.foretold import doubt_drafts, propose_from_forecast
from anlan.warn.services.issuing import issue_alert
from anlan.warn.tests.conftest import A1, A2, B1, B2, COUNTY, LEAD, OFFICER, WEST, at, row

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

CASE = "01K2E8W0000000000000000009"
NOW = at()


def signed(**more: Any) -> ForecastApproved:
    """A flood that drives one village out and warns another, as signing tells it."""
    given: dict[str, Any] = {
        "case": CASE, "run": "01K2E8W0000000000000000001", "engine": "basin",
        "hazard": "flash-flood", "level": 1, "lower_bound": False, "region": WEST,
        "villages": (A1,), "village_nearness": (1.34,), "village_depths": (None,),
        "village_arrivals": (None,), "preparing": (A2,), "based_at": NOW, "valid_from": NOW,
        "valid_until": NOW + timedelta(hours=24), "by": "user:lead", "approved_at": NOW, **more,
    }  # fmt: skip
    return ForecastApproved(**given)


def taken_back(run: str = "01K2E8W0000000000000000001") -> ForecastWithdrawn:
    return ForecastWithdrawn(
        case=CASE, run=run, hazard="flash-flood", level=1, region=WEST, reason="用错了雨量",
        by="user:lead", withdrawn_at=NOW,
    )  # fmt: skip


def run_of(case: str, signing: str = "approved") -> Run:
    made: Run = Run.objects.create(
        model="basin", model_version="1", engine="basin", title="山洪", hazard="flash-flood",
        region_id=COUNTY, based_at=NOW, valid_from=NOW, valid_until=NOW + timedelta(hours=24),
        step_s=600, seed=1, how="hand", state="done", asked_by="user:lead", asked_at=NOW,
        folder="", signing=signing, signed_at=NOW, case=case,
    )  # fmt: skip
    return made


def sent(alert: Alert) -> None:
    """Let two persons send a draft out."""
    submit_alert(alert=alert.pk, by=OFFICER)
    approve_alert(alert=alert.pk, by=LEAD)
    issue_alert(alert=alert.pk, by=OFFICER, accepted=("forecast-withdrawn",))


def only(kind: str) -> Alert:
    return Alert.objects.get(kind=kind)


def test_villages_that_must_leave_become_a_notice_and_those_that_get_ready_a_risk_notice() -> None:
    made = propose_from_forecast(event=signed())
    notice, risk = only("evacuation-notice"), only("risk-notice")
    assert sorted(made) == sorted([notice.pk, risk.pk])
    assert (notice.regions, risk.regions) == ([A1], [A2])
    assert {notice.state, risk.state} == {"draft"}
    assert {notice.case, risk.case} == {CASE}
    for words in ("据本级签署的预报", "前坑村预计达到立即转移", "立即转移雨量的 1.3 倍"):
        assert words in notice.text
    assert "后坑村预计达到准备转移" in risk.text
    assert notice.issued_at is None


def test_depth_and_arrival_of_the_sea_and_levels_of_stations_are_the_reasons() -> None:
    Station.objects.create(**row(code="CW-1", name="海门潮位站", kind="tide", region_id=B1))
    arrives = datetime(2026, 8, 13, 4, 30, tzinfo=NOW.tzinfo)
    propose_from_forecast(
        event=signed(
            hazard="storm-surge", engine="surge", storm="1909", stations=("CW-1",),
            station_levels=(2,), village_depths=(0.84,), village_arrivals=(arrives,), preparing=(),
            lower_bound=True,
        )
    )  # fmt: skip
    notice, risk = only("evacuation-notice"), only("risk-notice")
    for words in ("台风 1909", "最大水深 0.8 米，8月13日12时30分到达", "输入不全，实际可能更重"):
        assert words in notice.text
    assert "海门潮位站预计达到橙色警戒潮位" in risk.text
    assert risk.regions == [B1]


def test_told_twice_it_is_one_draft_of_each_kind_and_nothing_is_written_again() -> None:
    first = propose_from_forecast(event=signed())
    versions = set(Alert.objects.values_list("version", flat=True))
    assert propose_from_forecast(event=signed()) == first
    assert Alert.objects.count() == 2
    assert set(Alert.objects.values_list("version", flat=True)) == versions


def test_a_later_run_brings_the_draft_up_to_date() -> None:
    propose_from_forecast(event=signed())
    later = signed(
        villages=(A1, B1), village_nearness=(1.5, 1.1), village_depths=(None, None),
        village_arrivals=(None, None), based_at=NOW + timedelta(hours=1),
    )  # fmt: skip
    propose_from_forecast(event=later)
    notice = only("evacuation-notice")
    assert notice.regions == [A1, B1]
    assert "东岙村预计达到立即转移" in notice.text


def test_what_somebody_has_taken_in_hand_is_left_alone() -> None:
    propose_from_forecast(event=signed())
    notice = only("evacuation-notice")
    content = signed_content(notice, caution="值班员改过的话")
    edit_alert(alert=notice.pk, content=content, by=OFFICER)
    propose_from_forecast(event=signed(based_at=NOW + timedelta(hours=1)))
    assert "值班员改过的话" in only("evacuation-notice").text


def signed_content(alert: Alert, caution: str) -> Content:
    return Content(
        kind=alert.kind, hazard=alert.hazard, regions=tuple(alert.regions), caution=caution
    )


def test_after_it_was_issued_or_dropped_only_other_places_make_another_draft() -> None:
    propose_from_forecast(event=signed())
    sent(only("evacuation-notice"))
    drop_alert(alert=only("risk-notice").pk, reason="已当面通知", by=OFFICER)
    propose_from_forecast(event=signed(based_at=NOW + timedelta(hours=1)))
    assert Alert.objects.count() == 2
    propose_from_forecast(event=signed(based_at=NOW + timedelta(hours=2), preparing=(A2, B2)))
    fresh = Alert.objects.get(kind="risk-notice", state="draft")
    assert fresh.regions == [A2, B2]


def test_a_forecast_that_finds_nothing_asks_for_nothing() -> None:
    assert propose_from_forecast(event=signed(case="", villages=(), village_nearness=(),
                                              village_depths=(), village_arrivals=(),
                                              preparing=())) == []  # fmt: skip
    assert not Alert.objects.exists()


def test_a_later_run_that_finds_nothing_any_more_puts_the_draft_in_doubt() -> None:
    propose_from_forecast(event=signed())
    propose_from_forecast(
        event=signed(villages=(), village_nearness=(), village_depths=(), village_arrivals=(),
                     preparing=(A2,), based_at=NOW + timedelta(hours=1))
    )  # fmt: skip
    assert "更新的预报不再达到，请核对后再定" in only("evacuation-notice").text
    assert "不再达到" not in only("risk-notice").text


def test_a_word_taken_back_is_said_on_the_draft_in_the_check_and_in_the_journal() -> None:
    run = run_of(CASE)
    propose_from_forecast(event=signed())
    notice = only("evacuation-notice")
    assert "forecast-withdrawn" not in {one.code for one in findings(notice)}
    Run.objects.filter(pk=run.pk).update(signing="withdrawn")
    doubted = doubt_drafts(event=taken_back())
    assert doubt_drafts(event=taken_back()) == doubted
    notice = only("evacuation-notice")
    assert notice.text.count("所据的预报已撤回（用错了雨量），请核对后再定") == 1
    assert notice.state == "draft"
    assert "forecast-withdrawn" in {one.code for one in findings(notice)}
    deeds = Entry.objects.filter(subject=notice.pk, deed="alerts.doubted")
    assert deeds.count() == 1
    propose_from_forecast(event=signed(based_at=NOW + timedelta(hours=1)))
    assert "撤回" not in only("evacuation-notice").text


def test_what_was_issued_is_not_undone_but_noted() -> None:
    propose_from_forecast(event=signed())
    notice = only("evacuation-notice")
    sent(notice)
    text = Alert.objects.get(pk=notice.pk).text
    doubt_drafts(event=taken_back())
    after = Alert.objects.get(pk=notice.pk)
    assert (after.state, after.text) == ("issued", text)
    assert Entry.objects.filter(subject=notice.pk, deed="alerts.doubted").exists()


def test_while_another_run_of_the_matter_is_signed_nothing_is_in_doubt() -> None:
    propose_from_forecast(event=signed())
    run_of(CASE)
    assert doubt_drafts(event=taken_back()) == []
    assert "撤回" not in only("evacuation-notice").text


def test_the_outbox_carries_the_forecast_to_the_draft() -> None:
    assert clock.now()
    publish(signed())
    deliver_due()
    assert only("evacuation-notice").drafted_by == system("warn").ref
