"""What comes after an alert that is out: raised, extended, ended, taken back, expired."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from anlan.base.outbox.models import Event
from anlan.kernel.errors import Conflict, Forbidden, Invalid
from anlan.warn.models import Alert
from anlan.warn.services.approving import (
    approve_alert,
    submit_alert,
)
from anlan.warn.services.drafting import Change, drop_alert, edit_alert, follow_alert
from anlan.warn.services.expiring import expire_due
from anlan.warn.services.issuing import issue_alert
from anlan.warn.tests.conftest import (
    LEAD,
    OFFICER,
    SECTION,
    Turn,
)
from anlan.warn.tests.own import content, drafted, issued, later

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]


def events() -> list[dict[str, Any]]:
    rows = Event.objects.filter(kind="warn.AlertIssued").order_by("id")
    return [orjson.loads(one.body) for one in rows]


# Afterwards.


def test_what_went_out_is_never_edited() -> None:
    out = issued()
    deeds: list[Callable[[], None]] = [
        lambda: edit_alert(alert=out.pk, content=content(level=1), by=OFFICER),
        lambda: drop_alert(alert=out.pk, reason="", by=OFFICER),
        lambda: submit_alert(alert=out.pk, by=OFFICER),
        lambda: issue_alert(alert=out.pk, by=OFFICER),
    ]
    for deed in deeds:
        with pytest.raises(Conflict):
            deed()


def test_a_raised_alert_takes_the_place_of_the_one_before_and_tells_both_levels() -> None:
    out = issued()
    pk = follow_alert(alert=out.pk, action="raise", change=Change(level=1), by=OFFICER)
    submit_alert(alert=pk, by=OFFICER)
    approve_alert(alert=pk, by=LEAD)
    issue_alert(alert=pk, by=OFFICER)
    out.refresh_from_db()
    new = Alert.objects.get(pk=pk)
    assert (out.state, new.state) == ("updated", "issued")
    assert (new.root, new.case, new.regions) == (out.pk, out.case, out.regions)
    told = events()[-1]
    assert (told["action"], told["level"], told["was"]) == ("raise", 1, 3)
    assert "提升为红色" in new.title


@pytest.mark.parametrize(
    ("action", "change"),
    [
        ("raise", Change(level=4)),
        ("raise", Change()),
        ("lower", Change(level=2)),
        ("extend", Change()),
        ("extend", Change(expires_at=later(-9999))),
        ("cancel", Change()),
        ("withdraw", Change(reason=" ")),
        ("explode", Change()),
    ],
)
def test_a_change_that_changes_nothing_or_the_wrong_way_is_refused(
    action: str, change: Change
) -> None:
    out = issued()
    with pytest.raises(Invalid):
        follow_alert(alert=out.pk, action=action, change=change, by=OFFICER)


def test_an_extended_alert_only_lasts_longer() -> None:
    out = issued(expires_at=later(30))
    pk = follow_alert(
        alert=out.pk, action="extend", change=Change(expires_at=later(120)), by=OFFICER
    )
    issue_alert(alert=pk, by=OFFICER)
    assert events()[-1]["action"] == "extend"
    assert Alert.objects.get(pk=pk).level == out.level


@pytest.mark.parametrize(
    ("action", "state", "words"),
    [("cancel", "cancelled", "解除"), ("withdraw", "withdrawn", "撤销")],
)
def test_an_end_names_what_it_ends_and_why(action: str, state: str, words: str) -> None:
    out = issued()
    pk = follow_alert(alert=out.pk, action=action, change=Change(reason="泄漏已堵住"), by=OFFICER)
    issue_alert(alert=pk, by=OFFICER)
    out.refresh_from_db()
    end = Alert.objects.get(pk=pk)
    assert (out.state, end.state) == (state, "ended")
    assert (end.ended_at, end.issued_at) == (end.issued_at, end.issued_at)
    assert out.title in end.text
    assert "泄漏已堵住" in end.text
    assert words in end.title
    assert events()[-1]["action"] == "cancel"


def test_of_two_who_end_the_same_alert_the_second_is_told() -> None:
    out = issued()
    first, second = (
        follow_alert(alert=out.pk, action="cancel", change=Change(reason="好了"), by=OFFICER)
        for _ in range(2)
    )
    issue_alert(alert=first, by=OFFICER)
    with pytest.raises(Conflict, match="已解除"):
        issue_alert(alert=second, by=OFFICER)
    assert Alert.objects.get(pk=second).state == "draft"


def test_taking_back_a_red_alert_needs_one_person_ending_it_two() -> None:
    out = issued(level=1)
    back = follow_alert(alert=out.pk, action="withdraw", change=Change(reason="误发"), by=OFFICER)
    end = follow_alert(alert=out.pk, action="cancel", change=Change(reason="好了"), by=OFFICER)
    with pytest.raises(Conflict, match="两人"):
        issue_alert(alert=end, by=OFFICER)
    issue_alert(alert=back, by=OFFICER)
    out.refresh_from_db()
    assert out.state == "withdrawn"


def test_what_has_run_out_expires_by_itself_and_may_still_be_followed(turn: Turn) -> None:
    out = issued(expires_at=later(30))
    turn.forward(minutes=31)
    assert expire_due() == 1
    assert expire_due() == 0
    out.refresh_from_db()
    assert (out.state, out.ended_at) == ("expired", turn.at)
    assert Event.objects.filter(kind="warn.AlertsExpired").count() == 1
    pk = follow_alert(
        alert=out.pk, action="extend", change=Change(expires_at=later(60)), by=OFFICER
    )
    issue_alert(alert=pk, by=OFFICER)


def test_a_dropped_draft_stays_readable_and_goes_nowhere() -> None:
    draft = drafted()
    drop_alert(alert=draft.pk, reason="不需要了", by=SECTION)
    with pytest.raises(Conflict):
        issue_alert(alert=draft.pk, by=OFFICER)
    draft.refresh_from_db()
    assert (draft.state, draft.ended_why) == ("dropped", "不需要了")


def test_a_section_drafts_but_does_not_sign() -> None:
    draft = drafted(SECTION)
    with pytest.raises(Forbidden):
        issue_alert(alert=draft.pk, by=SECTION)
