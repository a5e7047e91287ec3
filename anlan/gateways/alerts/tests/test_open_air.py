"""The public side of alerts: feed, messages, page; for everybody, and nothing else."""

import base64
import hashlib
import re

import pytest
from django.test import Client

from anlan.gateways.alerts.sheets import FEED, LONG, PAGE, bound
from anlan.protocols.alerting.atom import read_feed
from anlan.protocols.alerting.reading import read_alert
from anlan.warn.selectors import open_air
from anlan.warn.services.drafting import Change, follow_alert
from anlan.warn.services.expiring import expire_due
from anlan.warn.services.issuing import issue_alert
from anlan.warn.tests.conftest import OFFICER, Turn, turn, workspace_of_tests, world
from anlan.warn.tests.own import drafted, issued, later

__all__ = ["turn", "workspace_of_tests", "world"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

STRANGER = Client()


def titles() -> list[str]:
    told = STRANGER.get(FEED)
    assert told.status_code == 200
    return [one.title for one in read_feed(told.content).entries]


def cancelled(alert: str) -> str:
    pk = follow_alert(alert=alert, action="cancel", change=Change(reason="好了"), by=OFFICER)
    issue_alert(alert=pk, by=OFFICER)
    return pk


def test_a_stranger_reads_the_feed_and_the_signed_message_in_it() -> None:
    alert = issued()
    told = STRANGER.get(FEED)
    assert told["Content-Type"].startswith("application/atom+xml")
    (entry,) = read_feed(told.content, base=f"http://testserver{FEED}").entries
    assert entry.alert == f"http://testserver/cap/{alert.identifier}.xml"
    cap = STRANGER.get(entry.alert.removeprefix("http://testserver"))
    assert cap["Content-Type"].startswith("application/cap+xml")
    message = read_alert(cap.content)
    assert (message.identifier, message.signed) == (alert.identifier, True)


def test_an_empty_feed_is_a_feed_and_an_empty_page_says_so() -> None:
    assert titles() == []
    assert "现在没有生效的预警" in STRANGER.get(PAGE).content.decode()


def test_who_has_it_already_is_told_so_until_something_changes() -> None:
    issued()
    tag = STRANGER.get(FEED)["ETag"]
    again = STRANGER.get(FEED, headers={"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")
    issued(hazard="fire")
    assert STRANGER.get(FEED, headers={"if-none-match": tag}).status_code == 200


def test_drafts_and_what_is_for_some_alone_are_nowhere_in_it() -> None:
    drafted()
    notice = issued(kind="risk-notice", hazard="flood", level=None)
    assert titles() == []
    assert STRANGER.get(f"/cap/{notice.identifier}.xml").status_code == 404
    assert STRANGER.get("/cap/339901-NOSUCH.xml").status_code == 404
    assert notice.title not in STRANGER.get(PAGE).content.decode()


def test_what_expired_or_was_ended_leaves_and_the_end_stays_a_day(turn: Turn) -> None:
    short, long = issued(expires_at=later(30)), issued(hazard="fire")
    end = cancelled(long.pk)
    turn.forward(minutes=31)
    expire_due()
    assert len(titles()) == 1
    assert "解除" in titles()[0]
    # The messages themselves stay readable: whoever was referred to them finds them.
    for alert in (short, long):
        assert STRANGER.get(f"/cap/{alert.identifier}.xml").status_code == 200
    sheaf = bound()
    assert sheaf.until is not None
    turn.forward(hours=24)
    assert not sheaf.holds(open_air.edition())
    assert titles() == []
    assert end


def test_a_sheaf_holds_until_the_next_deed_and_keeps_what_stays() -> None:
    first = issued()
    before = bound()
    assert before.holds(open_air.edition())
    issued(hazard="fire")
    assert not before.holds(open_air.edition())
    after = bound(before)
    path = f"/cap/{first.identifier}.xml"
    assert after.sheets[path] is before.sheets[path]


def test_the_page_shows_the_words_as_text_and_the_worst_first() -> None:
    issued(hazard="fire")
    issued(level=1, text="<script>alert(1)</script>请云岭乡8时撤离。云屿县人民政府")
    page = STRANGER.get(PAGE)
    body = page.content.decode()
    assert "<script>" not in body
    assert "&lt;script&gt;" in body
    assert body.index("红色预警") < body.index("火灾")
    assert "default-src 'none'" in page["Content-Security-Policy"]


def test_the_page_runs_one_script_of_ours_and_reloads_under_nobody() -> None:
    issued(text="请云岭乡8时撤离。<script>alert(1)</script>云屿县人民政府")
    page = STRANGER.get(PAGE)
    scripts = re.findall(r"<script[^>]*>(.*?)</script>", page.content.decode(), re.DOTALL)
    assert len(scripts) == 1
    digest = base64.b64encode(hashlib.sha256(scripts[0].encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}';" in page["Content-Security-Policy"]
    assert "http-equiv=refresh" not in page.content.decode()


def test_the_page_speaks_english_to_those_who_ask_and_keeps_the_alert_in_its_own_words() -> None:
    alert = issued()
    body = STRANGER.get(PAGE, headers={"accept-language": "en"}).content.decode()
    assert "<html lang=en>" in body
    assert alert.text in body
    assert "影响范围" not in body.replace(alert.text, "")
    sheaf = bound()
    told = sheaf.told(PAGE, {"accept-language": "en-GB,en"})
    assert told is not None
    assert b"lang=en" in told.body


def test_nothing_can_be_written_there() -> None:
    for path in (FEED, PAGE, "/cap/x.xml"):
        assert STRANGER.post(path).status_code == 405


def test_what_takes_gzip_gets_it_and_it_is_the_same() -> None:
    import gzip

    issued()
    plain = STRANGER.get(FEED)
    packed = STRANGER.get(FEED, headers={"accept-encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content


def test_a_raised_alert_is_there_once_with_its_new_colour() -> None:
    out = issued()
    pk = follow_alert(alert=out.pk, action="lower", change=Change(level=4), by=OFFICER)
    issue_alert(alert=pk, by=OFFICER)
    (title,) = titles()
    assert "蓝色" in title


def test_what_is_not_packed_yet_is_given_as_it_is() -> None:
    import gzip

    issued()
    fresh = bound(pack=False)
    takes = {"accept-encoding": "gzip"}
    for path in LONG:
        told = fresh.told(path, takes)
        assert told is not None
        assert "content-encoding" not in dict(told.headers)
        packed = fresh.packed().told(path, takes)
        assert packed is not None
        assert gzip.decompress(packed.body) == told.body
    assert not fresh.is_packed
    assert fresh.packed().is_packed
