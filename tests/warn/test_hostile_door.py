"""Whatever strangers push through the real door is refused, and nothing they name is fetched."""

from collections.abc import Iterator

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings

from anlan.base.conftest import workspace_of_tests
from anlan.base.permissions.models import Grant, User
from anlan.base.permissions.services.tokens import create_token
from anlan.kernel import clock
from anlan.protocols.alerting.tests import made
from anlan.protocols.alerting.tests.test_hostile import BODY, HOSTILE, mutated
from anlan.warn.models import Alert, Received
from anlan.warn.tests.conftest import BY, COUNTY, TEXT, national, world
from tests.warn.canary import Canary, listening_canary

__all__ = ["workspace_of_tests", "world"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

KINDS = ("application/xml", "application/cap+xml", "application/json", "text/plain", "")


@pytest.fixture
def canary() -> Iterator[Canary]:
    with listening_canary() as made_:
        yield made_


@pytest.fixture
def door(db: None) -> Client:  # noqa: ARG001 - asks for the database
    user = User.objects.create(username="duty", name="值班员", region=COUNTY)
    Grant.objects.create(user=user, role="duty-officer", prefix="339901", by=BY.ref, at=clock.now())
    text, _ = create_token(user=user, name="t", by=BY)
    # A fault of ours is an answer of 500 here, as it is for a stranger.
    return Client(headers={"authorization": f"Bearer {text}"}, raise_request_exception=False)


def status(door: Client, data: bytes, kind: str = "application/xml") -> int:
    return int(door.post("/api/v1/alerts/inbox", data, content_type=kind).status_code)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_document_is_refused_and_calls_nobody(
    door: Client, canary: Canary, text: str
) -> None:
    data = text.replace("http://127.0.0.1", canary.address).encode("utf-8", "surrogatepass")
    for kind in KINDS:
        assert status(door, data, kind) == 422
    assert not Received.objects.exists()
    assert not Alert.objects.exists()


SIGNATURE = """<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo>
<CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/>
<SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/>
<Reference URI="{at}/signed"><DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/>
<DigestValue>AAAA</DigestValue></Reference></SignedInfo><SignatureValue>AAAA</SignatureValue>
<KeyInfo><RetrievalMethod URI="{at}/key"/></KeyInfo></Signature></alert>"""
LURES = {
    "xinclude": '<alert xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="{at}/x"/>'
    "</alert>",
    "stylesheet": '<?xml-stylesheet type="text/xsl" href="{at}/x.xsl"?>' + BODY,
    "schema location": BODY.replace(
        "<alert ", '<alert xmlns:i="http://www.w3.org/2001/XMLSchema-instance" '
        'i:schemaLocation="urn:oasis:names:tc:emergency:cap:1.2 {at}/cap.xsd" ',
    ),
    "resource": BODY.replace(
        "<area>", "<resource><resourceDesc>图</resourceDesc><mimeType>image/png</mimeType>"
        "<uri>{at}/map.png</uri></resource><area>",
    ),
    "signature elsewhere": BODY.replace("</alert>", SIGNATURE),
    "web": BODY.replace("<area>", "<web>{at}/page</web><area>", 1),
}  # fmt: skip


@pytest.mark.parametrize("text", LURES.values(), ids=LURES.keys())
def test_addresses_in_a_message_are_words_and_are_not_fetched(
    door: Client, canary: Canary, text: str
) -> None:
    data = text.replace("{at}", canary.address).encode()
    assert status(door, data, "application/cap+xml") in (200, 201, 403, 422)


@pytest.mark.parametrize(
    ("declared", "written"),
    [("UTF-16", "utf-8"), ("UTF-8", "gb18030"), ("GB2312", "utf-8"), ("UTF-8", "utf-16"),
     ("no-such-set", "utf-8"), ("UTF-8", "utf-8-sig")],
)  # fmt: skip
def test_a_wrong_encoding_is_refused_or_read_rightly(
    door: Client, declared: str, written: str
) -> None:
    data = national().decode().replace("UTF-8", declared).encode(written)
    told = status(door, data)
    assert told in (201, 422)
    if told == 201:
        assert Received.objects.get().text == TEXT


def test_messages_that_are_cut_off_and_heaps_of_bytes_are_refused(door: Client) -> None:
    whole = national()
    for length in range(0, len(whole) - 10, 97):
        assert status(door, whole[:length]) == 422
    assert status(door, whole + b" " * 9_000_000) in (413, 422)
    assert not Received.objects.exists()


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(mutated())
def test_a_mutated_message_is_never_an_error_of_ours(door: Client, data: bytes) -> None:
    assert status(door, data) in (200, 201, 403, 422)


@pytest.mark.soak
@pytest.mark.slow
@settings(
    max_examples=5000, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(mutated())
def test_five_thousand_mutated_messages_are_never_an_error_of_ours(
    door: Client, data: bytes
) -> None:
    assert status(door, data) in (200, 201, 403, 422)


def test_what_hostile_messages_are_made_from_is_read(door: Client) -> None:
    assert status(door, made.CAP.encode(), "application/cap+xml") in (201, 403)
    assert status(door, made.NATIONAL.encode()) in (201, 403)
