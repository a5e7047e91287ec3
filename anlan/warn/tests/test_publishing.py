"""What lies in the open: CAP that the schema takes, signed, read back the same."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from anlan import codes
from anlan.kernel import workspace
from anlan.kernel.errors import Invalid
from anlan.protocols.alerting import signing
from anlan.protocols.alerting.cap.checking import faults_of
from anlan.protocols.alerting.message import AlertMessage
from anlan.protocols.alerting.message12379 import Identifier
from anlan.protocols.alerting.reading import read_alert
from anlan.warn import outward
from anlan.warn.models import Alert, Published
from anlan.warn.services.drafting import Change, follow_alert
from anlan.warn.services.issuing import issue_alert
from anlan.warn.services.receiving import receive_alert
from anlan.warn.services.relaying import relay_alert
from anlan.warn.tests.conftest import A1, BY, COUNTY, OFFICER, TEXT, WEST, Turn, at, box, national
from anlan.warn.tests.own import issued, later

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

SCHEMA = Path(__file__).resolve().parents[4] / "shared" / "data" / "cap" / "xsd"


def out_of(alert: Alert) -> Published:
    return Published.objects.get(pk=alert.pk)


def read(published: Published) -> AlertMessage:
    return read_alert(bytes(published.cap))


def relayed(**more: Any) -> Alert:
    row = receive_alert(original=national(**more), by=BY)
    return Alert.objects.get(pk=relay_alert(received=row, by=OFFICER))


def test_an_own_alert_is_cap_that_holds_what_it_says() -> None:
    alert = issued(level=1, expires_at=later(90))
    message = read(out_of(alert))
    info = message.infos[0]
    assert (message.identifier, message.action, message.status) == (
        alert.identifier, "alert", "actual",
    )  # fmt: skip
    assert (info.description, info.headline, info.level) == (alert.text, alert.title, 1)
    assert (info.severity, info.event_code) == ("Extreme", "12D00")
    assert info.areas[0].codes == (WEST,)
    assert info.expires is not None
    assert alert.expires_at is not None
    assert abs(info.expires - alert.expires_at) < timedelta(seconds=1)


def test_it_is_signed_by_this_workspace_and_no_byte_can_change() -> None:
    published = out_of(issued())
    trusted = [outward.seal().certificate]
    assert signing.verify(bytes(published.cap), trusted).trusted
    forged = bytes(published.cap).replace("云岭乡".encode(), "海门镇".encode())
    assert forged != bytes(published.cap)
    assert not signing.verify(forged, trusted).trusted


def test_a_relayed_alert_keeps_the_words_and_says_whose_they_are() -> None:
    sent = at(-4)
    alert = relayed(sent=sent, codes=(WEST,), polygon=box(121.0, 28.0, 121.2, 28.2))
    message = read(out_of(alert))
    info = message.infos[0]
    assert (info.description, info.sender_name) == (TEXT, "云屿县气象台")
    assert message.source == "云屿县气象台"
    origin = dict(info.parameters)
    assert origin["original-identifier"] == "33990141600000_20260801080000"
    assert len(info.areas[0].polygons[0]) == 5


def test_a_relay_that_was_narrowed_does_not_show_the_wider_outline() -> None:
    row = receive_alert(original=national(polygon=box(121.0, 28.0, 121.4, 28.2), codes=()), by=BY)
    alert = Alert.objects.get(pk=relay_alert(received=row, by=OFFICER, chosen=[A1]))
    area = read(out_of(alert)).infos[0].areas[0]
    assert (area.codes, area.polygons) == ((A1,), ())


def test_every_corner_of_an_outline_is_in_the_record() -> None:
    corners = [(121.0 + 0.2 * n / 6000, 28.0 + 0.1 * (n % 2) + 0.05) for n in range(6000)]
    ring = [*corners, (121.2, 28.0), (121.0, 28.0), corners[0]]
    polygon = " ".join(f"{lat:.6f},{lon:.6f}" for lon, lat in ring)
    alert = relayed(codes=(), polygon=polygon)
    assert len(read(out_of(alert)).infos[0].areas[0].polygons[0]) == len(ring)


def test_what_follows_and_what_ends_name_what_went_before() -> None:
    first = issued()
    pk = follow_alert(alert=first.pk, action="lower", change=Change(level=4), by=OFFICER)
    issue_alert(alert=pk, by=OFFICER)
    end = follow_alert(alert=pk, action="cancel", change=Change(reason="好了"), by=OFFICER)
    issue_alert(alert=end, by=OFFICER)
    second, last = (read(Published.objects.get(pk=one)) for one in (pk, end))
    assert (second.action, [one[1] for one in second.references]) == ("update", [first.identifier])
    assert (last.action, len(last.references)) == ("cancel", 2)
    assert last.infos[0].response_types == ("AllClear",)


def test_what_is_not_for_everybody_is_not_in_the_open() -> None:
    alert = issued(kind="risk-notice", hazard="flood", level=None)
    assert not Published.objects.filter(pk=alert.pk).exists()


@contextmanager
def file_of(name: str, content: bytes) -> Iterator[None]:
    """Put a file into the tests' workspace, and what was there back afterwards."""
    path = workspace.directory() / name
    before = path.read_bytes() if path.exists() else None
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    try:
        yield
    finally:
        if before is None:
            path.unlink()
        else:
            path.write_bytes(before)


def test_an_alert_that_cannot_be_written_is_in_force_and_says_why() -> None:
    outward.seal()
    with file_of("cap/key.pem", b"no key at all"):
        alert = issued()
    published = out_of(alert)
    assert alert.state == "issued"
    assert bytes(published.cap) == b""
    assert published.fault


def test_with_a_number_in_the_national_system_the_national_message_is_written_too() -> None:
    assert out_of(issued()).national is None
    named = b"[alerts]\ncap_sender = 'alerts@example.org'\nnational_sender = '33990100000000'\n"
    with file_of("conf/settings.toml", named):
        published = out_of(issued(hazard="fire"))
    assert read(published).sender == "alerts@example.org"
    message = read_alert(bytes(published.national or b""))
    assert (message.sender, message.form) == ("33990100000000", "national-xml")
    assert message.infos[0].level == 3


NAMED = b"[alerts]\nnational_sender = '33990100000000'\n"


def names(published: Published) -> tuple[str, list[str]]:
    """Tell what a national message is called and what it names."""
    message = read_alert(bytes(published.national or b""))
    return message.identifier, [one[1] for one in message.references]


def test_what_follows_and_what_ends_names_in_the_national_message_what_went_before() -> None:
    before = issued()  # before there was a number: it is not known there
    with file_of("conf/settings.toml", NAMED):
        first = follow_alert(alert=before.pk, action="lower", change=Change(level=4), by=OFFICER)
        issue_alert(alert=first, by=OFFICER)
        second = follow_alert(alert=first, action="raise", change=Change(level=3), by=OFFICER)
        issue_alert(alert=second, by=OFFICER)
        end = follow_alert(alert=second, action="cancel", change=Change(reason="好了"), by=OFFICER)
        issue_alert(alert=end, by=OFFICER)
    told = [names(Published.objects.get(pk=one)) for one in (first, second, end)]
    called = [name for name, _ in told]
    assert [references for _, references in told] == [[], called[:1], called[:2]]
    assert list(Published.objects.exclude(national=None).values_list("national_name", flat=True)
                .order_by("alert_id")) == called  # fmt: skip


def test_many_alerts_of_one_second_have_names_of_their_own(turn: Turn) -> None:
    assert turn.at
    hazards = codes.table("issuers")["government-alert"].several("hazards")[:13]
    with file_of("conf/settings.toml", NAMED):
        found = [names(out_of(issued(hazard=hazard)))[0] for hazard in hazards]
    assert len(set(found)) == len(hazards) == 13
    assert all(Identifier.read(name) for name in found)


@pytest.mark.parametrize(
    "text",
    ["[alerts]\ncap_sender = 'a b'", "[alerts]\nnational_sender = '123'", "[alerts]\nname = 'x'",
     "[alerts", "[alerts]\nnational_max_polygon_points = 3"],
)  # fmt: skip
def test_a_wrong_name_is_refused_with_its_reason(tmp_path: Path, text: str) -> None:
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf" / "settings.toml").write_text(text, "utf-8")
    with pytest.raises(Invalid, match="settings"):
        outward.read_names(tmp_path)


def test_the_key_is_made_once_and_kept_from_others() -> None:
    first = outward.seal().certificate
    assert outward.seal().certificate == first
    key = workspace.directory() / "cap" / "key.pem"
    assert key.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "more",
    [
        {"level": 1}, {"kind": "evacuation-notice", "hazard": "geological", "level": None},
        {"expires_at": later(5), "text": "<危险> & \"引号\" 请云岭乡8时撤离。云屿县人民政府"},
        {"regions": (), "area": {"type": "Polygon", "coordinates": [
            [[121.01, 28.01], [121.09, 28.01], [121.09, 28.1], [121.01, 28.01]]]}},
    ],
)  # fmt: skip
def test_the_schema_of_oasis_takes_every_cap_we_write(more: dict[str, Any]) -> None:
    if not SCHEMA.exists():
        pytest.skip("the OASIS schema is not beside this checkout")
    from lxml import etree

    cap = bytes(out_of(issued(**more)).cap)
    schema = etree.XMLSchema(etree.parse(SCHEMA / "CAP-v1.2-schema.xsd"))
    root = etree.fromstring(cap)
    for signature in root.findall(f"{{{signing.NAMESPACE}}}Signature"):
        root.remove(signature)
    schema.assertValid(root)
    assert faults_of(cap) == ()


def test_a_relay_to_the_whole_county_is_for_the_whole_county() -> None:
    alert = relayed()
    assert read(out_of(alert)).infos[0].areas[0].codes == (COUNTY,)
