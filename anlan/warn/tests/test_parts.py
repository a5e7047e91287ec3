"""One message, several parts: languages, levels, areas."""

from typing import Any

import pytest

from anlan.protocols.alerting.reading import read_alert
from anlan.warn.models import Alert, Published, Received
from anlan.warn.selectors import inbox
from anlan.warn.selectors.checks import findings
from anlan.warn.services.acting import act_on_received
from anlan.warn.services.ordering import sign_order
from anlan.warn.services.receiving import receive_alert
from anlan.warn.services.relaying import relay_alert
from anlan.warn.tests.conftest import BY, COUNTY, EAST, OFFICER, WEST, World, at
from anlan.warn.tests.test_proposing import account, order

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]


def part(severity: str, place: str, code: str, **more: str) -> str:
    said = {
        "language": "zh-CN", "headline": f"暴雨{severity}预警",
        "text": f"预计未来3小时{severity}级降雨，请注意防范。", **more,
    }  # fmt: skip
    return f"""<info><language>{said["language"]}</language><category>Met</category>
<event>暴雨预警</event><urgency>Expected</urgency><severity>{severity}</severity>
<certainty>Likely</certainty>
<eventCode><valueName>event</valueName><value>11B03</value></eventCode>
<senderName>云屿县气象台</senderName><headline>{said["headline"]}</headline>
<description>{said["text"]}</description>
<area><areaDesc>{place}</areaDesc>
<geocode><valueName>GB/T 2260</valueName><value>{code}</value></geocode></area></info>"""


def receive(*parts: str) -> Received:
    data = f"""<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>urn:oid:1.2.3</identifier>
<sender>alerts@example.org</sender><sent>{at(-1).isoformat()}</sent><status>Actual</status>
<msgType>Alert</msgType><scope>Public</scope>{"".join(parts)}</alert>"""
    return Received.objects.get(pk=receive_alert(original=data.encode(), by=BY))


ORANGE, RED = part("Severe", "海门镇", EAST), part("Extreme", "云岭乡", WEST)
RED_IN_ENGLISH = part("Extreme", "Yunling", WEST, language="en-US", text="Heavy rain, take care.")


def left(row: Received) -> list[str]:
    return [value for code, value in row.notes if code == "other-part"]


@pytest.mark.parametrize("parts", [(RED, ORANGE), (ORANGE, RED), (ORANGE, RED_IN_ENGLISH, RED)])
def test_the_gravest_part_is_taken_with_its_own_area_and_the_others_are_said(
    parts: tuple[str, ...],
) -> None:
    row = receive(*parts)
    assert (row.level, row.regions) == (1, [WEST])
    (said,) = left(row)
    assert "橙色" in said
    assert "海门镇" in said
    (note,) = (one for one in inbox.one(OFFICER, row.pk)["notes"] if one["code"] == "other-part")
    assert "海门镇" in note["text"]


def test_parts_that_say_the_same_hold_for_all_their_areas() -> None:
    row = receive(part("Extreme", "海门镇", EAST), RED)
    assert (row.level, row.regions) == (1, [COUNTY])
    assert left(row) == []


def test_another_language_is_no_other_part() -> None:
    row = receive(RED_IN_ENGLISH, RED)
    assert (row.text.startswith("预计"), left(row)) == (True, [])
    alert = relay_alert(received=row.pk, by=OFFICER)
    cap = read_alert(bytes(Published.objects.get(alert=alert).cap))
    assert {one.language for one in cap.infos} == {"zh-CN", "en-US"}


def test_what_is_left_out_must_be_seen_before_the_rest_is_relayed() -> None:
    row = receive(RED, ORANGE)
    alert = Alert(relayed=True, received=row, regions=[WEST], region_id=WEST, title="x")
    found = {one.code: one for one in findings(alert)}
    assert found["other-part"].severity == "ask"
    assert "海门镇" in found["other-part"].text


def test_the_open_air_holds_only_the_part_that_was_relayed() -> None:
    given: dict[str, Any] = {"accepted": ("other-part",)}
    alert = relay_alert(received=receive(RED, ORANGE, RED_IN_ENGLISH).pk, by=OFFICER, **given)
    cap = read_alert(bytes(Published.objects.get(alert=alert).cap))
    assert [(one.level, one.areas[0].codes) for one in cap.infos] == [(1, (WEST,))] * 2


def test_a_standing_order_does_not_relay_half_a_message(world: World) -> None:
    assert world
    kinds = {"kinds": ("weather-signal",), "level": 1}
    sign_order(order=order(**kinds), by=account("commander", COUNTY))
    row = receive(RED, ORANGE)
    assert act_on_received(received=row.pk) == ""
    row.refresh_from_db()
    assert ["held", "other-part"] in row.notes
