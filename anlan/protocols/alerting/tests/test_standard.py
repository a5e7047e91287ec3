"""Against the schema of OASIS and real messages, where they lie beside the checkout."""

from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from anlan.protocols.alerting import cap, message12379
from anlan.protocols.alerting.message import AlertMessage, Unreadable
from anlan.protocols.alerting.reading import read_alert
from anlan.protocols.alerting.signing import sign, verify
from anlan.protocols.alerting.tests import made
from anlan.protocols.alerting.tests.test_signing import EC, EC_OWN, NOW

BESIDE = Path(__file__).parents[4].parent / "shared" / "data" / "cap"
SCHEMA = BESIDE / "xsd" / "CAP-v1.2-schema.xsd"
SAMPLES = sorted((BESIDE / "samples").glob("*"))

needs_schema = pytest.mark.skipif(
    not SCHEMA.is_file(), reason="the CAP 1.2 schema of OASIS does not lie beside the checkout"
)
needs_samples = pytest.mark.skipif(
    not SAMPLES, reason="real CAP messages do not lie beside the checkout"
)
slow_to_make = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)


@cache
def schema() -> etree.XMLSchema:
    # The schema names XML Schema's own types with a prefix it binds itself; nothing is imported.
    parser = etree.XMLParser(no_network=True, resolve_entities=False)
    return etree.XMLSchema(etree.parse(str(SCHEMA), parser))


def valid(data: bytes) -> bool:
    parser = etree.XMLParser(no_network=True, resolve_entities=False)
    return bool(schema().validate(etree.fromstring(data, parser)))


@needs_schema
@slow_to_make
@given(made.cap_messages)
def test_every_cap_written_is_valid_by_the_schema(message: AlertMessage) -> None:
    data = cap.write_cap(message)
    assert valid(data), schema().error_log


@needs_schema
@slow_to_make
@given(made.national_messages())
def test_every_national_message_written_as_cap_is_valid(message: AlertMessage) -> None:
    assert valid(cap.write_cap(message)), schema().error_log


@needs_schema
def test_a_signed_message_is_valid_by_the_schema() -> None:
    signed = sign(cap.write_cap(read_alert(made.CAP.encode())), EC, EC_OWN)
    assert valid(signed), schema().error_log
    assert verify(signed, [EC_OWN], at=NOW).trusted


LEAVES = ("identifier", "sent", "status", "scope", "category", "severity", "expires", "areaDesc")
TEXTS = ("", "Public", "2026-02-30T00:00:00+08:00", "x", " 5 ", "Met")


def damage(node: etree._Element, deed: str, data: st.DataObject) -> None:
    parent = node.getparent()
    if deed == "drop":
        parent.remove(node)
    elif deed == "double":
        parent.insert(parent.index(node), etree.fromstring(etree.tostring(node)))
    elif deed == "first":
        parent.insert(0, node)
    elif deed == "rename":
        node.tag = f"{{{made.NAMESPACE}}}{data.draw(st.sampled_from(LEAVES))}"
    elif not len(node):
        node.text = data.draw(st.sampled_from(TEXTS))


@needs_schema
@settings(deadline=None, max_examples=400)
@given(st.data())
def test_our_own_check_agrees_with_the_schema_on_damaged_messages(data: st.DataObject) -> None:
    """Elements taken out, doubled, moved and given other texts."""
    root = etree.fromstring(made.CAP.encode())
    for _ in range(data.draw(st.integers(0, 3))):
        deed = data.draw(st.sampled_from(["drop", "double", "first", "text", "rename"]))
        nodes = list(root.iterdescendants())
        if nodes:
            damage(data.draw(st.sampled_from(nodes)), deed, data)
    damaged = etree.tostring(root)
    names = [root.findtext(f"{{{made.NAMESPACE}}}{name}") for name in ("identifier", "sender")]
    if all(name and name.strip() == name for name in names):  # there we are stricter
        assert (cap.faults_of(damaged) == ()) == valid(damaged)


@needs_samples
@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_real_messages_are_read_and_survive_being_written(path: Path) -> None:
    data = path.read_bytes()
    if path.name == "invalid.cap":
        with pytest.raises(Unreadable) as refused:
            read_alert(data)
        assert refused.value.element == "alert/scope"
        return
    message = read_alert(data)
    assert message.unknown == ()
    written = cap.write_cap(message)
    assert cap.faults_of(written) == ()
    if SCHEMA.is_file():
        assert valid(written), schema().error_log
    again = read_alert(written)
    assert [info.description for info in again.infos] == [
        info.description for info in message.infos
    ]
    if message.form == "cap-1.2":
        assert again == message


@needs_samples
@pytest.mark.parametrize("form", ["xml", "json"])
def test_the_real_national_message_survives_being_written(form: message12379.Form) -> None:
    (path,) = (one for one in SAMPLES if one.name.startswith("41000041600000"))
    message = read_alert(path.read_bytes())
    assert (message.infos[0].event, message.infos[0].level) == ("大风", 4)
    again = read_alert(message12379.write(message, form=form))
    assert again.infos == message.infos
    assert (again.identifier, again.sent, again.references) == (
        message.identifier,
        message.sent,
        message.references,
    )
