"""Every CAP that leaves, by whichever way it came to be: valid, signed, and read back the same."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from anlan.base.conftest import workspace_of_tests
from anlan.protocols.alerting import cap, signing
from anlan.protocols.alerting.reading import read_alert
from anlan.warn import outward
from anlan.warn.models import Alert, Published
from anlan.warn.services import receiving
from anlan.warn.services.drafting import Change, follow_alert
from anlan.warn.services.issuing import issue_alert
from anlan.warn.services.receiving import receive_alert
from anlan.warn.services.relaying import relay_alert
from anlan.warn.tests.conftest import (
    A1,
    BY,
    COUNTY,
    OFFICER,
    TEXT,
    WEST,
    at,
    beijing,
    box,
    national,
    world,
)
from anlan.warn.tests.own import issued, later
from tests.warn.test_right_posts import star

__all__ = ["workspace_of_tests", "world"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

SCHEMA = Path(__file__).parents[3] / "shared" / "data" / "cap" / "xsd" / "CAP-v1.2-schema.xsd"
FIRST, SECOND, THIRD = (f"33990141600000_2026080108000{n}" for n in range(3))
HARD = '<危险> & "引号" ]]> 请云岭乡8时撤离\n第二行\t制表。云屿县人民政府𠮷'


def relay(original: bytes, **more: Any) -> str:
    return relay_alert(received=receive_alert(original=original, by=BY), by=OFFICER, **more)


def follow(alert: str, action: str, **change: Any) -> str:
    pk = follow_alert(alert=alert, action=action, change=Change(**change), by=OFFICER)
    issue_alert(alert=pk, by=OFFICER, accepted=("no-end", "duplicate", "often-day", "often-hour"))
    return pk


def relayed_with_polygon() -> None:
    relay(national(codes=(), polygon=box(121.01, 28.01, 121.19, 28.19), expires=at(600)))


def relayed_with_circle() -> None:
    relay(national(codes=(), circle="28.1,121.1 4"))


def relayed_with_6208_corners() -> None:
    ring = [(round(121.1 + x / 9, 6), round(28.1 + y / 9, 6)) for x, y in _unit_star()]
    relay(national(codes=(), polygon=" ".join(f"{y:.6f},{x:.6f}" for x, y in [*ring, ring[0]])))


def _unit_star() -> list[tuple[float, float]]:
    points = star(3, 6208, 0.8)
    lon, lat = (sum(one[place] for one in points) / len(points) for place in (0, 1))
    return [(x - lon, y - lat) for x, y in points]


TWO_LANGUAGES = """<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>yunyu-1</identifier>
<sender>qxt@yunyu.example</sender><sent>{sent}</sent><status>Actual</status>
<msgType>Alert</msgType><scope>Public</scope>{chinese}{english}</alert>"""
ONE_INFO = """<info><language>{language}</language><category>Met</category><event>{event}</event>
<urgency>Immediate</urgency><severity>Extreme</severity><certainty>Observed</certainty>
<expires>{expires}</expires><senderName>云屿县气象台</senderName><headline>{event}</headline>
<description>{words}</description><area><areaDesc>云岭乡 Yunling</areaDesc>
<polygon>28.0,121.0 28.0,121.2 28.2,121.2 28.2,121.0 28.0,121.0</polygon>
<geocode><valueName>region</valueName><value>339901101000</value></geocode></area></info>"""


def relayed_in_two_languages() -> None:
    until = beijing(at(600)).replace(" ", "T")
    chinese = ONE_INFO.format(language="zh-CN", event="暴雨", words=TEXT, expires=until)
    english = ONE_INFO.format(
        language="en-US", event="Rainstorm", words="Over 100 mm within 3 h.", expires=until
    )
    sent = beijing(at(-1)).replace(" ", "T")
    relay(TWO_LANGUAGES.format(sent=sent, chinese=chinese, english=english).encode())


def relayed_pasted() -> None:
    words = f"云屿县气象台{beijing(at(-1))[:16]}发布暴雨红色预警信号：{TEXT}"
    confirmed = receiving.Confirmed(
        text=words, station="云屿县气象台", sent_at=at(-1), hazard="rainstorm", level=1,
        regions=[WEST],
    )  # fmt: skip
    received = receiving.paste_alert(confirmed=confirmed, by=OFFICER)
    relay_alert(received=received, by=OFFICER, accepted=("verify",))


def relayed_raised_lowered_and_ended() -> None:
    relay(national(number=FIRST, sent=at(-30), colour="Orange"))
    relay(
        national(number=SECOND, sent=at(-20), action="Update", references=FIRST, text=TEXT + "更")
    )
    relay(
        national(
            number=THIRD, sent=at(-9), action="Cancel", references=SECOND, text="解除预警，谢谢。"
        )
    )


def relayed_and_taken_back() -> None:
    follow(relay(national(codes=(COUNTY,)), chosen=[A1]), "withdraw", reason="转发错了")


def own_with_hard_words() -> None:
    issued(level=1, expires_at=later(90), text=HARD)


def own_raised_extended_and_cancelled() -> None:
    first = issued(level=4, expires_at=later(60))
    second = follow(first.pk, "update", text=HARD)
    third = follow(second, "extend", expires_at=later(240))
    follow(third, "cancel", reason="好了")


def own_outline() -> None:
    ring = [[121.01, 28.01], [121.09, 28.01], [121.09, 28.1], [121.01, 28.01]]
    issued(regions=(), area={"type": "Polygon", "coordinates": [ring]})


def evacuation() -> None:
    issued(kind="evacuation-notice", hazard="geological", level=None)


WAYS: list[Callable[[], None]] = [
    relayed_with_polygon, relayed_with_circle, relayed_with_6208_corners,
    relayed_in_two_languages, relayed_pasted, relayed_raised_lowered_and_ended,
    relayed_and_taken_back, own_with_hard_words, own_raised_extended_and_cancelled, own_outline,
    evacuation,
]  # fmt: skip


@pytest.fixture(params=WAYS, ids=lambda way: way.__name__)
def out(request: pytest.FixtureRequest) -> list[Published]:
    """Whatever a way lays out in the open."""
    request.param()
    found = list(Published.objects.order_by("pk"))
    assert found
    assert len(found) == Alert.objects.filter(issued_at__isnull=False).count()
    assert [one.fault for one in found] == [""] * len(found)
    return found


@pytest.mark.skipif(
    not SCHEMA.is_file(), reason="the CAP 1.2 schema of OASIS does not lie beside the checkout"
)
def test_it_is_valid_by_the_schema_of_oasis(out: list[Published]) -> None:
    parser = etree.XMLParser(no_network=True, resolve_entities=False)
    schema = etree.XMLSchema(etree.parse(str(SCHEMA), parser))
    for published in out:
        schema.assertValid(etree.fromstring(bytes(published.cap), parser))


def test_it_is_signed_fits_our_own_check_and_reads_back_what_the_alert_says(
    out: list[Published],
) -> None:
    trusted = [outward.seal().certificate]
    for published in out:
        data = bytes(published.cap)
        alert = Alert.objects.get(pk=published.pk)
        assert signing.verify(data, trusted).trusted
        assert cap.faults_of(data) == ()
        message = read_alert(data)
        assert message.identifier == alert.identifier
        assert (message.infos[0].description, message.infos[0].level) == (alert.text, alert.level)
        assert {code for one in message.infos[0].areas for code in one.codes} == set(alert.regions)
        # Written again it is the same message, to the last corner.
        again = read_alert(cap.write_cap(message))
        assert again == replace(message, signed=False)


def test_two_languages_stay_two_and_every_corner_stays(out: list[Published]) -> None:
    for published in out:
        alert = Alert.objects.get(pk=published.pk)
        message = read_alert(bytes(published.cap))
        if alert.received is None or alert.received.form == "pasted":
            assert len(message.infos) == 1
            continue
        original = read_alert(bytes(alert.received.original.body))
        if alert.action not in ("withdraw",):
            assert [one.language for one in message.infos] == [
                one.language for one in original.infos
            ]
        whole = sorted(alert.received.regions) == sorted(alert.regions)
        rings = [ring for area in original.infos[0].areas for ring in area.polygons]
        if whole and rings:
            assert list(message.infos[0].areas[0].polygons)[: len(rings)] == rings
