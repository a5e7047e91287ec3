"""What departments send, as it should be and as it often is."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from anlan.kernel.errors import Invalid
from anlan.protocols.alerting import cap, message12379
from anlan.protocols.alerting.mending import Mend
from anlan.protocols.alerting.message import Unreadable
from anlan.protocols.alerting.message12379 import Identifier
from anlan.protocols.alerting.reading import read_alert
from anlan.protocols.alerting.tests import made

SQUARE = "28.10,121.20 28.10,121.30 28.20,121.30 28.20,121.20 28.10,121.20"
RING = ((121.2, 28.1), (121.3, 28.1), (121.3, 28.2), (121.2, 28.2), (121.2, 28.1))


def changed(old: str, new: str, text: str = made.CAP) -> bytes:
    assert old in text
    return text.replace(old, new).encode()


def mends(data: bytes) -> set[str]:
    return {kind for _, kind in read_alert(data).mended}


def ring_of(text: str, of: str = made.CAP) -> object:
    area = read_alert(changed(SQUARE, text, of)).infos[0].areas[0]
    return area.polygons[0]


def test_a_cap_message_is_read_whole() -> None:
    message = read_alert(made.CAP.encode())
    assert (message.form, message.identifier) == ("cap-1.2", "yunyu-2026-0812-1")
    assert message.sent == datetime(2026, 8, 12, 7, 20, tzinfo=UTC)
    assert (message.status, message.action, message.scope) == ("actual", "update", "Public")
    assert message.references == (
        ("qxt@yunyu.example", "yunyu-2026-0812-0", datetime(2026, 8, 12, 4, tzinfo=UTC)),
    )
    chinese, english = message.infos
    assert (chinese.language, english.language) == ("zh-CN", "en")
    assert (chinese.event, chinese.event_code, chinese.level) == ("暴雨", "11B03", 1)
    assert chinese.expires == datetime(2026, 8, 12, 10, 20, tzinfo=UTC)
    (area,) = chinese.areas
    assert area.codes == ("339999201000", "339999003")
    assert area.polygons == (RING,)
    assert area.circles == ((121.25, 28.15, 3.5),)
    assert (message.unknown, message.mended) == ((), ())


def test_a_national_message_is_read_whole() -> None:
    message = read_alert(made.NATIONAL.encode())
    assert (message.form, message.sender, message.source) == (
        "national-xml",
        "33999941600000",
        "云屿县气象局",
    )
    assert message.sent == datetime(2026, 8, 12, 7, 20, tzinfo=UTC)
    (info,) = message.infos
    assert (info.event, info.event_code, info.level, info.severity) == (
        "暴雨",
        "11B03",
        1,
        "Extreme",
    )
    assert info.sender_name == "云屿县气象台"
    assert info.effective == datetime(2026, 8, 12, 7, 20, tzinfo=UTC)
    assert info.parameters == (("method:SMS", "云屿暴雨红色预警，请立即转移。"),)
    assert info.areas[0].codes == ("339999000000", "339999201000")
    assert (message.unknown, message.mended) == ((), ())


def test_a_national_message_in_json_is_read_the_same_way() -> None:
    message = read_alert(made.NATIONAL_JSON.encode(), content_type="application/json")
    assert (message.form, message.action) == ("national-json", "cancel")
    assert message.references == (("33999941600000", "33999941600000_20260812151803", None),)
    assert message.infos[0].areas[0].codes == ("339999000000",)


def test_the_text_is_kept_as_it_stands() -> None:
    text = "\n  第一行 &amp; 第二行。\n\n  完 "
    message = read_alert(changed("停止户外作业，立即转移。", text))
    assert message.infos[0].instruction == text.replace("&amp;", "&")


def test_cap_1_1_and_1_0_are_read_with_their_own_pairs() -> None:
    for space, form in (
        ("urn:oasis:names:tc:emergency:cap:1.1", "cap-1.1"),
        ("http://www.incident.com/cap/1.0", "cap-1.0"),
    ):
        message = read_alert(changed(made.NAMESPACE, space))
        assert message.form == form
        assert message.infos[0].areas[0].codes == ("339999201000", "339999003")
    old = changed(made.NAMESPACE, "http://www.incident.com/cap/1.0").decode()
    pair = "<valueName>GB/T 2260</valueName><value>339999003</value>"
    old = old.replace(pair, "GB/T 2260=339999003").replace("Observed", "Very Likely")
    message = read_alert(old.replace("<status>", "<password>x</password><status>").encode())
    assert message.infos[0].areas[0].codes == ("339999201000", "339999003")
    assert message.infos[0].certainty == "Likely"
    assert message.unknown == ()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("2026-08-12T15:20:00+0800", Mend.TIME_FORM),
        ("2026-08-12 15:20:00+08:00", Mend.TIME_FORM),
        ("2026-08-12T07:20:00Z", Mend.TIME_FORM),
        ("2026-08-12T15:20:00.123+08:00", Mend.TIME_FORM),
        ("2026-08-12T15:20+08:00", Mend.TIME_FORM),
        ("2026/8/12 15:20:00", Mend.ZONE_MISSING),
        ("2026-08-12T15:20:00", Mend.ZONE_MISSING),
        ("20260812152000", Mend.ZONE_MISSING),
    ],
)
def test_times_written_otherwise_are_the_same_time_and_noted(text: str, kind: Mend) -> None:
    data = changed("<sent>2026-08-12T15:20:00+08:00", f"<sent>{text}")
    assert read_alert(data).sent == datetime(2026, 8, 12, 7, 20, tzinfo=UTC)
    assert kind in mends(data)


def test_the_end_of_a_day_is_the_beginning_of_the_next() -> None:
    data = changed("2026-08-12T18:20:00+08:00", "2026-08-12T24:00:00+08:00")
    assert read_alert(data).infos[0].expires == datetime(2026, 8, 12, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "28.10,121.20 28.10,121.30 28.20,121.30 28.20,121.20",
        "28.10, 121.20 28.10, 121.30 28.20, 121.30 28.20, 121.20 28.10, 121.20",
        "28.10 121.20,28.10 121.30,28.20 121.30,28.20 121.20,28.10 121.20",
        "28.10,121.20;28.10,121.30;28.20,121.30;28.20,121.20;28.10,121.20;",
        "28.10，121.20　28.10，121.30　28.20，121.30　28.20，121.20　28.10，121.20",
        "121.20,28.10 121.30,28.10 121.30,28.20 121.20,28.20 121.20,28.10",
        "\n  28.10,121.20\n  28.10,121.30\n 28.20,121.30 28.20,121.20 28.10,121.20\n",
        "+28.10,121.20 28.1,1.213e2 28.20,121.30 28.20,121.20 28.10,121.20",
    ],
)
def test_polygons_written_otherwise_are_the_same_ring(text: str) -> None:
    assert ring_of(text) == RING


def test_what_was_mended_in_a_polygon_is_noted() -> None:
    assert mends(changed(f"{SQUARE}</polygon>", "28.1,121.2 28.1,121.3 28.2,121.3</polygon>")) == {
        Mend.RING_OPEN
    }
    assert mends(changed(SQUARE, SQUARE.replace(" ", ";"))) == {Mend.SEPARATORS}
    turned = " ".join(",".join(reversed(one.split(","))) for one in SQUARE.split())
    assert mends(changed(SQUARE, turned)) == {Mend.AXES}


def test_exchanged_axes_in_the_far_west_are_known_only_where_the_sender_must_mean_china() -> None:
    far_west = "80.1,43.1 80.2,43.1 80.2,43.2 80.1,43.1"  # as latitudes these lie near the pole
    assert ring_of(far_west) == ((43.1, 80.1), (43.1, 80.2), (43.2, 80.2), (43.1, 80.1))
    message = read_alert(changed("<polygon/>", f"<polygon>{far_west}</polygon>", made.NATIONAL))
    ring = message.infos[0].areas[0].polygons[0]
    assert ring == ((80.1, 43.1), (80.2, 43.1), (80.2, 43.2), (80.1, 43.1))


@pytest.mark.parametrize(
    "text",
    [
        *("28.1,121.2", "28.1,121.2 28.1,121.3", "28.1,121.2 x", "200,300 1,2 3,4", "1,2 3,4 5"),
        *("nan,1", "1e999,1 2,2 3,3", "1_0,2 3,4 5,6", "28.1,121.2 28.1,121.2", ","),
    ],
)
def test_a_polygon_that_is_none_is_refused_by_name(text: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_alert(changed(SQUARE, text))
    assert refused.value.element == "alert/info[1]/area[1]/polygon[1]"


@pytest.mark.parametrize("text", ["28,121", "28,121 -1", "28,121 x", "28,121 1 1", "91,190 1"])
def test_a_circle_that_is_none_is_refused_by_name(text: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_alert(changed("28.15,121.25 3.5", text))
    assert refused.value.element == "alert/info[1]/area[1]/circle[1]"


@pytest.mark.parametrize(
    ("old", "new", "element"),
    [
        ("yunyu-2026-0812-1", " ", "alert/identifier"),
        ("<sender>qxt@yunyu.example</sender>", "<sender/>", "alert/sender"),
        ("<scope>Public</scope>", "", "alert/scope"),
        ("<status>Actual</status>", "<status>Real</status>", "alert/status"),
        ("<msgType>Update</msgType>", "<msgType>Renew</msgType>", "alert/msgType"),
        ("<sent>2026-08-12T15:20:00+08:00", "<sent>2026-13-12T15:20:00+08:00", "alert/sent"),
        ("<sent>2026-08-12T15:20:00+08:00", "<sent>gestern", "alert/sent"),
        ("2026-08-12T18:20:00", "0001-01-01T00:00:00", "alert/info[1]/expires"),
        ("<scope>Public</scope>", "<scope>Public</scope><scope>Private</scope>", "alert/scope"),
        ("<event>暴雨</event>", "<event>暴雨</event><event>大风</event>", "alert/info[1]/event"),
        (made.NAMESPACE, "urn:oasis:names:tc:emergency:cap:9", "alert"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_cap_is_named(old: str, new: str, element: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_alert(changed(old, new))
    assert refused.value.element == element
    assert refused.value.errors == {element: [refused.value.detail]}


@pytest.mark.parametrize(
    ("old", "new", "element"),
    [
        ("<identifier>33999941600000_20260812151803</identifier>", "", "alert/identifier"),
        ("<sendTime>2026-08-12 15:20:00+08:00</sendTime>", "", "alert/sendTime"),
        ("<status>Actual</status>", "<status>1</status>", "alert/status"),
        ("<msgType>Alert</msgType>", "<msgType/>", "alert/msgType"),
        ("<effective>20260812152000", "<effective>20260231152000", "alert/info[1]/effective"),
        ("<polygon/>", "<polygon>1,2</polygon>", "alert/info[1]/area[1]/polygon[1]"),
    ],
)
def test_what_is_wrong_in_a_national_message_is_named(old: str, new: str, element: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_alert(changed(old, new, made.NATIONAL))
    assert refused.value.element == element


def test_unknown_elements_are_noted_and_the_rest_is_read() -> None:
    message = read_alert(
        changed("<event>", '<awareness>x</awareness><z:y xmlns:z="urn:z">1</z:y><event>')
    )
    assert message.unknown[:2] == ("alert/info[1]/awareness", "alert/info[1]/y")
    assert message.infos[0].event == "暴雨"


def test_words_in_another_case_or_language_are_read_where_that_is_plain() -> None:
    data = changed("<severity>Extreme", "<severity>Red")
    assert read_alert(data).infos[0].level == 1
    assert Mend.COLOUR in mends(data)
    assert read_alert(changed("<status>Actual", "<status>actual")).status == "actual"
    strange = read_alert(changed("<urgency>Immediate", "<urgency>At once"))
    assert strange.infos[0].urgency == "Unknown"
    assert ("alert/info[1]/urgency", Mend.WORD_FOREIGN) in strange.mended
    assert read_alert(changed("zh-CN", "zh_CN")).infos[0].language == "zh-CN"


def test_a_level_that_is_not_said_is_not_known() -> None:
    for data in (
        changed("<severity>Red", "<severity>Unknown", made.NATIONAL),
        changed("<severity>Extreme", "<severity>Unknown"),
    ):
        assert read_alert(data).infos[0].level is None


def test_cap_that_lost_its_namespace_is_cap_and_noted() -> None:
    data = changed(f' xmlns="{made.NAMESPACE}"', "")
    assert read_alert(data).form == "cap-1.2"
    assert Mend.NAMESPACE in mends(data)


def test_prefixed_elements_are_the_same_message() -> None:
    prefixed = made.CAP.replace("<", "<c:").replace("<c:/", "</c:").replace("<c:?", "<?")
    prefixed = prefixed.replace("xmlns=", "xmlns:c=")
    assert read_alert(prefixed.encode()) == read_alert(made.CAP.encode())


def test_references_that_say_less_are_kept_as_far_as_they_go() -> None:
    old = "qxt@yunyu.example,yunyu-2026-0812-0,2026-08-12T12:00:00+08:00"
    assert read_alert(changed(old, "yunyu-0 a,b")).references == (
        ("", "yunyu-0", None),
        ("a", "b", None),
    )
    assert read_alert(changed(old, "x")).mended == (("alert/references", Mend.REFERENCE),)


def test_addresses_with_spaces_are_told_apart_by_their_quotation_marks() -> None:
    data = changed("<references>", '<addresses>"one two" three</addresses><references>')
    assert read_alert(data).addresses == ("one two", "three")


def test_codes_of_other_schemes_are_kept_and_are_no_regions() -> None:
    pair = "<geocode><valueName>SAME</valueName><value>006037</value></geocode>"
    area = read_alert(changed("<geocode>", f"{pair}<geocode>")).infos[0].areas[0]
    assert ("SAME", "006037") in area.geocodes
    assert area.codes == ("339999201000", "339999003")


def test_a_region_code_of_a_strange_length_is_kept_and_noted() -> None:
    data = changed("339999201000,", "33999920100,", made.NATIONAL)
    area = read_alert(data).infos[0].areas[0]
    assert area.codes == ("339999000000",)
    assert ("", "33999920100") in area.geocodes
    assert Mend.CODE_UNFIT in mends(data)


@pytest.mark.parametrize(
    "encoded",
    [
        made.NATIONAL.encode("utf-8-sig"),
        made.NATIONAL.replace("UTF-8", "GB18030").encode("gb18030"),
        made.NATIONAL.replace("UTF-8", "GB2312").encode("gbk"),
        made.NATIONAL.replace("UTF-8", "UTF-16").encode("utf-16"),
        made.NATIONAL.replace("UTF-8", "UTF-16").encode("utf-16-le"),
        made.NATIONAL.replace("UTF-8", "UTF-16BE").encode("utf-16-be"),
        made.NATIONAL.encode("gb18030"),  # says UTF-8 and is not
        made.NATIONAL.replace("UTF-8", "utf-16").encode(),  # says UTF-16 and is not
        b"\n\n" + made.NATIONAL.encode(),
    ],
)
def test_a_message_is_the_same_in_every_character_set(encoded: bytes) -> None:
    assert read_alert(encoded) == read_alert(made.NATIONAL.encode())


def test_a_wrong_declaration_is_noted() -> None:
    assert Mend.CHARSET in mends(made.NATIONAL.encode("gb18030"))


def test_an_identifier_is_taken_apart_and_put_together() -> None:
    text = "11010841600000_20211229072633"
    one = Identifier.read(text)
    assert (one.area, one.organisation, one.sender) == ("110108", "416", "11010841600000")
    assert one.entered == datetime(2021, 12, 28, 23, 26, 33, tzinfo=UTC)
    assert str(one) == text
    assert str(Identifier.read(f"{text}_7")) == f"{text}_7"
    entered = datetime(2026, 8, 12, 7, 18, 3, tzinfo=UTC)
    mine = Identifier(area="339999", organisation="000", entered=entered, serial=0)
    assert str(mine) == "33999900000000_20260812151803_0"


@pytest.mark.parametrize(
    "text",
    [
        *("", "1101084160000_20211229072633", "11010841600000_20211329072633", "11010841600000"),
        *("11010841600000_20211229072633_10", "１1010841600000_20211229072633"),
    ],
)
def test_what_is_no_identifier_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        Identifier.read(text)


def test_an_identifier_of_impossible_parts_cannot_be_made() -> None:
    now = datetime(2026, 8, 12, tzinfo=UTC)
    with pytest.raises(Invalid):
        Identifier(area="33", organisation="416", entered=now)
    with pytest.raises(Invalid):
        Identifier(area="339999", organisation="416", entered=now.replace(tzinfo=None))
    with pytest.raises(Invalid):
        Identifier(area="339999", organisation="416", entered=now, serial=10)


def test_a_national_message_becomes_cap_with_the_category_of_its_type() -> None:
    data = cap.write_cap(read_alert(made.NATIONAL.encode()))
    info = read_alert(data).infos[0]
    assert (info.categories, info.severity, info.event) == (("Met",), "Extreme", "暴雨")


@pytest.mark.parametrize("bad", ["", "a b", "a,b", "a<b", "a&b"])
def test_a_name_that_cannot_stand_in_cap_is_refused(bad: str) -> None:
    message = read_alert(made.CAP.encode())
    for wrong in (replace(message, identifier=bad), replace(message, sender=bad)):
        with pytest.raises(Invalid, match="不能写进 CAP"):
            cap.write_cap(wrong)


def test_characters_no_xml_can_hold_are_left_out() -> None:
    message = read_alert(made.CAP.encode())
    info = replace(message.infos[0], description="a\x00b\x0bc\ufffed\ud800e\tf")
    for data in (
        cap.write_cap(replace(message, infos=(info,))),
        message12379.write(replace(message, infos=(info,))),
    ):
        assert read_alert(data).infos[0].description == "abcde\tf"
