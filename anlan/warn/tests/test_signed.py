"""Signed messages that come in: what the signature is worth, and what a broken one cannot do."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from anlan.base.permissions.actor import Actor
from anlan.kernel import workspace
from anlan.protocols.alerting.signing import sign
from anlan.warn import trust
from anlan.warn.models import Alert, Received
from anlan.warn.selectors import inbox
from anlan.warn.services.acting import act_on_received
from anlan.warn.services.ordering import sign_order
from anlan.warn.services.receiving import receive_alert
from anlan.warn.services.relaying import relay_alert
from anlan.warn.tests.conftest import BY, COUNTY, OFFICER, at, box, national
from anlan.warn.tests.test_proposing import account, order

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

NUMBER = "urn:oid:1.2.156.1"
TEXT = "云屿县地震台速报：我县发生5.1级地震，请立即避险，远离建筑物。"
CALM = TEXT.replace("5.1级", "1.5级")


def cap(number: str = NUMBER, *, action: str = "Alert", references: str = "") -> bytes:
    """Write a message of a seismic station, ready to be signed."""
    named = f"<references>{references}</references>" if references else ""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>{number}</identifier>
<sender>quake@example.org</sender><sent>{at(-1).isoformat()}</sent><status>Actual</status>
<msgType>{action}</msgType><scope>Public</scope>{named}
<info><language>zh-CN</language><category>Geo</category><event>地震</event>
<urgency>Immediate</urgency><severity>Extreme</severity><certainty>Observed</certainty>
<eventCode><valueName>event</valueName><value>11C00</value></eventCode>
<senderName>云屿县地震台</senderName><headline>地震预警</headline>
<description>{TEXT}</description>
<area><areaDesc>云屿县</areaDesc><polygon>{box(121.01, 28.01, 121.39, 28.19)}</polygon>
<geocode><valueName>GB/T 2260</valueName><value>{COUNTY}</value></geocode></area>
</info></alert>""".encode()


class Station:
    """Somebody with a key, and a certificate that says their name."""

    def __init__(self, name: str, days: int = 30) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        self.certificate = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(self.key.public_key())
            .serial_number(1)
            .not_valid_before(at() - timedelta(days=60))
            .not_valid_after(at() + timedelta(days=days))
            .sign(self.key, hashes.SHA256())
        )

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    def sign(self, data: bytes) -> bytes:
        return sign(data, self.key, self.certificate)


@pytest.fixture(scope="module")
def quakes() -> Station:
    return Station("云屿县地震台")


@pytest.fixture
def folder() -> Iterator[Path]:
    made = workspace.directory() / trust.FOLDER
    made.mkdir(parents=True)
    yield made
    shutil.rmtree(made)


@pytest.fixture
def trusted(folder: Path, quakes: Station) -> Station:
    """The station, its certificate put where it counts."""
    (folder / "quakes.pem").write_bytes(quakes.pem)
    return quakes


@pytest.fixture
def commander(db: None) -> Actor:  # noqa: ARG001 - asks for the database
    return account("commander", COUNTY)


def receive(data: bytes) -> Received:
    return Received.objects.get(pk=receive_alert(original=data, by=BY))


def tampered(data: bytes) -> bytes:
    changed = data.replace(TEXT.encode(), CALM.encode())
    assert changed != data
    return changed


def remarks(row: Received) -> list[str]:
    return [code for code, _ in row.notes]


def shown(row: Received) -> Sequence[str]:
    told = inbox.one(OFFICER, row.pk)
    return told["signature"], told["signature_label"], told["signature_label_en"], told["signer"]


def test_a_message_signed_by_one_we_trust_says_so(trusted: Station) -> None:
    row = receive(trusted.sign(cap()))
    assert shown(row) == (
        "trusted", "签名可信", "Signed by one we trust", "CN=云屿县地震台",
    )  # fmt: skip
    assert "broken-signature" not in remarks(row)
    (step,) = inbox.one(OFFICER, row.pk)["steps"]
    assert step["facts"]["signature"] == "trusted"


def test_a_good_signature_of_nobody_we_know_is_a_strangers(
    trusted: Station,  # noqa: ARG001 - is trusted, and did not sign
) -> None:
    row = receive(Station("云屿县地震台").sign(cap()))
    assert shown(row)[:2] == ("stranger", "签名完好，但不认识签名者")
    assert shown(row)[3] == "CN=云屿县地震台"


def test_without_a_signature_or_any_look_at_one_that_is_what_is_said() -> None:
    row = receive(national())
    assert shown(row)[:2] == ("unsigned", "没有签名")
    Received.objects.update(signature="")  # as before signatures were looked at
    assert shown(row)[:3] == ("", "没有核对过签名", "Signature not checked")


def test_a_signature_is_missed_only_where_the_sender_has_signed_before(trusted: Station) -> None:
    row = receive(national())
    bare = receive(cap())
    assert not inbox.one(OFFICER, bare.pk)["signature_missing"]
    signed = receive(trusted.sign(cap("urn:oid:1.2.156.2")))
    missing = {
        one["id"]: one["signature_missing"] for one in inbox.describe([row, bare, signed], OFFICER)
    }
    assert missing == {row.pk: False, bare.pk: True, signed.pk: False}


def test_one_changed_word_breaks_it_and_the_message_is_still_there(trusted: Station) -> None:
    data = tampered(trusted.sign(cap()))
    row = receive(data)
    assert shown(row) == ("broken", "签名不成立", "Signature does not hold", "")
    assert bytes(row.original.body) == data
    assert (row.text, row.state, row.handling) == (CALM, "standing", "waiting")
    (said,) = (one for one in inbox.one(OFFICER, row.pk)["notes"] if "signature" in one["code"])
    assert said["text"].startswith("签名不成立")
    assert said["text_en"].startswith("Its signature does not hold")


def test_a_signature_after_the_days_of_its_certificate_says_that_it_is_the_days(
    folder: Path,
) -> None:
    late = Station("云屿县地震台", days=-1)
    (folder / "late.pem").write_bytes(late.pem)
    row = receive(late.sign(cap()))
    assert row.signature == "broken"
    assert "outdated-signature" in remarks(row)


def test_a_signed_national_message_is_judged_as_well(trusted: Station) -> None:
    good = trusted.sign(national())
    assert receive(good).signature == "trusted"
    assert receive(good.replace("100毫米".encode(), "10毫米".encode())).signature == "broken"


def test_a_certificate_counts_from_the_moment_it_is_put_in(folder: Path, quakes: Station) -> None:
    assert receive(quakes.sign(cap())).signature == "stranger"
    (folder / "quakes.pem").write_bytes(quakes.pem)
    assert receive(quakes.sign(cap("urn:oid:1.2.156.2"))).signature == "trusted"
    (folder / "quakes.pem").unlink()
    assert receive(quakes.sign(cap("urn:oid:1.2.156.3"))).signature == "stranger"


def test_a_file_without_certificate_spoils_no_other_and_is_named(
    trusted: Station, folder: Path
) -> None:
    (folder / "oops.pem").write_text("云屿县地震台的证书", encoding="utf-8")
    row = receive(trusted.sign(cap()))
    assert row.signature == "trusted"
    assert inbox.one(OFFICER, row.pk)["signers_wrong"] == ["oops.pem"]


def _whole(data: bytes) -> bytes:
    return data


@pytest.mark.parametrize(("became", "relayed"), [(_whole, 1), (tampered, 0)])
def test_a_standing_order_relays_what_is_signed_and_not_what_is_forged(
    trusted: Station, commander: Actor, became: Callable[[bytes], bytes], relayed: int
) -> None:
    sign_order(order=order(), by=commander)
    row = receive(became(trusted.sign(cap())))
    assert bool(act_on_received(received=row.pk)) == bool(relayed)
    assert Alert.objects.count() == relayed


def test_a_person_who_made_sure_may_still_relay_it(trusted: Station) -> None:
    row = receive(tampered(trusted.sign(cap())))
    alert = Alert.objects.get(pk=relay_alert(received=row.pk, by=OFFICER))
    assert (alert.text, alert.issued_by) == (CALM, OFFICER.ref)


@pytest.mark.parametrize("forged_first", [True, False])
def test_a_forged_copy_takes_the_place_of_nothing(trusted: Station, forged_first: bool) -> None:
    good = trusted.sign(cap())
    pair = [tampered(good), good] if forged_first else [good, tampered(good)]
    receive(pair[0])
    receive(pair[1])
    rows = Received.objects.order_by("signature").values_list("signature", "text", "state")
    over = "replaced" if forged_first else "standing"  # the true one takes the forged one's place
    assert list(rows) == [("broken", CALM, over), ("trusted", TEXT, "standing")]
    receive(pair[0])
    assert Received.objects.count() == 2


@pytest.mark.parametrize("forged_first", [True, False])
def test_a_forged_end_ends_nothing_and_waits_for_somebody_to_look(
    trusted: Station, forged_first: bool
) -> None:
    good = trusted.sign(cap())
    references = f"quake@example.org,{NUMBER},{at(-1).isoformat()}"
    end = tampered(trusted.sign(cap("urn:oid:1.2.156.9", action="Cancel", references=references)))
    for data in (end, good) if forged_first else (good, end):
        receive(data)
    standing, forged = Received.objects.order_by("-signature")
    assert (standing.state, standing.handling) == ("standing", "waiting")
    assert (forged.state, forged.handling) == ("notice", "waiting")


def test_a_forged_update_of_what_went_out_asks_nobody_to_hurry(trusted: Station) -> None:
    row = receive(trusted.sign(cap()))
    relay_alert(received=row.pk, by=OFFICER)
    references = f"quake@example.org,{NUMBER},{at(-1).isoformat()}"
    data = trusted.sign(cap("urn:oid:1.2.156.9", action="Update", references=references))
    assert inbox.one(OFFICER, receive(tampered(data)).pk)["changes_ours"] is False
    assert inbox.one(OFFICER, receive(data).pk)["changes_ours"] is True


def test_a_stations_name_is_kept_however_long() -> None:
    name = "云屿县" + "海洋气象" * 80 + "台"
    row = receive(national(station=name))
    assert row.station == name
    assert Alert.objects.get(pk=relay_alert(received=row.pk, by=OFFICER)).station == name
