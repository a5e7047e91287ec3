"""Signatures: good ones are known, forged and wrapped ones are not."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from signxml.algorithms import SignatureConstructionMethod, SignatureMethod
from signxml.signer import XMLSigner

from anlan.kernel.errors import Invalid
from anlan.protocols.alerting import cap
from anlan.protocols.alerting.message import Unreadable
from anlan.protocols.alerting.reading import read_alert
from anlan.protocols.alerting.signing import Key, State, sign, verify
from anlan.protocols.alerting.tests import made

NOW = datetime(2026, 8, 12, 8, tzinfo=UTC)
XML = cap.write_cap(read_alert(made.CAP.encode()))


def certified(key: Key, name: str = "云屿县应急管理局", days: int = 30) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(subject)
    return (
        builder.public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOW - timedelta(days=days))
        .not_valid_after(NOW + timedelta(days=days))
        .sign(key, hashes.SHA256())
    )


class Lax(XMLSigner):
    """The library's signer without its refusal of weak methods."""

    def check_deprecated_methods(self) -> None:
        pass


RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC = ec.generate_private_key(ec.SECP256R1())
OTHER = ec.generate_private_key(ec.SECP256R1())
RSA_OWN, EC_OWN, OTHERS = certified(RSA), certified(EC), certified(OTHER, "冒名者")
SIGNED = sign(XML, EC, EC_OWN)


def wrapped(evil: bytes, *, around: str) -> bytes:
    """Hide the signed message inside a message of the attacker's, its signature in front."""
    signature = re.search(rb"<ds:Signature.*</ds:Signature>", SIGNED, re.DOTALL)
    assert signature
    original = SIGNED.partition(b"?>")[2].replace(signature[0], b"").strip()
    held = f"<{around}>".encode() + original + f"</{around}>".encode()
    return evil.replace(b"</alert>", held + signature[0] + b"</alert>")


@pytest.mark.parametrize(("key", "own"), [(RSA, RSA_OWN), (EC, EC_OWN)])
def test_a_signed_message_is_trusted_by_its_certificate(key: Key, own: x509.Certificate) -> None:
    verdict = verify(sign(XML, key, own), [OTHERS, own], at=NOW)
    assert verdict.state == State.TRUSTED
    assert verdict.certificate == own


@pytest.mark.parametrize("bits", [384, 521])
def test_every_curve_of_the_standard_signs(bits: int) -> None:
    key = ec.generate_private_key(ec.SECP384R1() if bits == 384 else ec.SECP521R1())
    own = certified(key)
    assert verify(sign(XML, key, own), [own], at=NOW).trusted


def test_what_was_signed_reads_as_the_message() -> None:
    verdict = verify(SIGNED, [EC_OWN], at=NOW)
    assert read_alert(verdict.signed) == read_alert(XML)


def test_a_signed_message_still_has_the_shape_of_cap_and_says_that_it_is_signed() -> None:
    assert cap.faults_of(SIGNED) == ()
    assert read_alert(SIGNED).signed
    assert not read_alert(XML).signed


def test_a_message_without_signature_is_unsigned() -> None:
    verdict = verify(XML, [EC_OWN], at=NOW)
    assert (verdict.state, verdict.signed) == (State.UNSIGNED, b"")


def test_a_good_signature_of_somebody_else_is_a_strangers() -> None:
    verdict = verify(SIGNED, [OTHERS], at=NOW)
    assert verdict.state == State.STRANGER
    assert verdict.certificate == EC_OWN
    assert verdict.signed == b""


@pytest.mark.parametrize("trusted", [[EC_OWN], [OTHERS], []])
def test_one_changed_letter_breaks_it_for_everybody(trusted: list[x509.Certificate]) -> None:
    changed = SIGNED.replace("白沙乡降雨已达96".encode(), "白沙乡降雨已达69".encode())
    assert changed != SIGNED
    assert verify(changed, trusted, at=NOW).state == State.BROKEN


def test_a_signature_outside_the_certificates_days_is_broken_and_says_why() -> None:
    verdict = verify(SIGNED, [EC_OWN], at=NOW + timedelta(days=31))
    assert verdict.state == State.BROKEN
    assert "有效期" in verdict.reason


def test_another_layout_of_the_file_breaks_nothing_that_is_signed() -> None:
    again = SIGNED.replace(b"<?xml version='1.0' encoding='UTF-8'?>\n", b"")
    assert verify(again, [EC_OWN], at=NOW).trusted


@pytest.mark.parametrize("around", ["note", "x", "info"])
def test_a_message_wrapped_into_a_forged_one_is_not_trusted(around: str) -> None:
    evil = made.CAP.replace("暴雨红色预警", "全城疏散令").encode()
    verdict = verify(wrapped(evil, around=around), [EC_OWN], at=NOW)
    assert verdict.state == State.BROKEN
    assert verdict.signed == b""


def test_a_signature_on_a_part_only_is_not_trusted() -> None:
    """A reference to an id inside the message, really signed by the trusted key."""
    marked = XML.replace(b"<area>", b'<area Id="part">', 1)
    tree = XMLSigner(signature_algorithm=SignatureMethod.ECDSA_SHA256).sign(
        etree.fromstring(marked), key=EC, cert=[EC_OWN], reference_uri="#part"
    )
    forged = etree.tostring(tree).replace("红色".encode(), "蓝色".encode())
    verdict = verify(forged, [EC_OWN], at=NOW)
    assert verdict.state == State.BROKEN
    assert "整个" in verdict.reason


def test_two_signatures_are_not_guessed_between() -> None:
    signature = re.search(rb"<ds:Signature.*</ds:Signature>", SIGNED, re.DOTALL)
    assert signature
    doubled = SIGNED.replace(signature[0], signature[0] * 2)
    assert verify(doubled, [EC_OWN], at=NOW).state == State.BROKEN


def test_weak_methods_are_not_accepted_however_well_signed() -> None:
    tree = etree.fromstring(XML)
    strong = etree.tostring(
        Lax(signature_algorithm=SignatureMethod.RSA_SHA256).sign(tree, key=RSA, cert=[RSA_OWN])
    )
    weak = etree.tostring(
        Lax(signature_algorithm=SignatureMethod.RSA_SHA1).sign(tree, key=RSA, cert=[RSA_OWN])
    )
    assert verify(strong, [RSA_OWN], at=NOW).trusted
    assert verify(weak, [RSA_OWN], at=NOW).state == State.BROKEN


@pytest.mark.parametrize("address", ["file:///etc/hostname", "https://yunyu.example/x"])
def test_a_signature_on_something_elsewhere_fetches_nothing(address: str) -> None:
    """Really signed by the trusted key, so that only the address is wrong."""
    signer = XMLSigner(
        method=SignatureConstructionMethod.detached,
        signature_algorithm=SignatureMethod.ECDSA_SHA256,
    )
    elsewhere = signer.sign(etree.fromstring(XML), key=EC, cert=[EC_OWN], reference_uri=address)
    tree = etree.fromstring(XML)
    tree.append(elsewhere)
    assert address.encode() in etree.tostring(tree)
    assert verify(etree.tostring(tree), [EC_OWN], at=NOW).state == State.BROKEN


def test_signing_twice_or_with_a_strange_certificate_is_refused() -> None:
    with pytest.raises(Invalid, match="已经签过名"):
        sign(SIGNED, EC, EC_OWN)
    with pytest.raises(Invalid, match="不是一对"):
        sign(XML, EC, OTHERS)
    weak = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    with pytest.raises(Invalid, match="RSA"):
        sign(XML, weak, certified(weak))


def test_a_signed_document_with_a_doctype_is_refused_before_any_library_sees_it() -> None:
    with pytest.raises(Unreadable, match="DOCTYPE"):
        verify(b'<!DOCTYPE alert SYSTEM "http://x/y.dtd">' + XML.partition(b"?>")[2], [EC_OWN])


@settings(deadline=None, max_examples=150)
@given(st.integers(0, len(SIGNED) - 1), st.binary(min_size=1, max_size=4))
def test_no_damaged_message_is_trusted_unless_it_says_the_same(at: int, put: bytes) -> None:
    damaged = SIGNED[:at] + put + SIGNED[at + len(put) :]
    try:
        verdict = verify(damaged, [EC_OWN], at=NOW)
    except Unreadable:
        return
    if verdict.trusted:
        assert read_alert(verdict.signed) == read_alert(XML)
