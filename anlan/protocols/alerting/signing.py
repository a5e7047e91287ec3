"""Enveloped XML signatures (XML-DSig) on warning messages: RSA and EC, by the library signxml.

"See what is signed": `verify` gives back the bytes that the signature covers, and calls a message
trusted only when they are the whole of it. Read the message from those bytes.
"""

import re
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from lxml import etree
from signxml.algorithms import (
    CanonicalizationMethod,
    DigestAlgorithm,
    SignatureConstructionMethod,
    SignatureMethod,
)
from signxml.exceptions import InvalidCertificate, SignXMLException
from signxml.signer import XMLSigner
from signxml.verifier import SignatureConfiguration, VerifyResult, XMLVerifier

from anlan.kernel.errors import Invalid
from anlan.protocols.alerting.trees import Node, decoded, read_xml

NAMESPACE = "http://www.w3.org/2000/09/xmldsig#"

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

_METHODS = frozenset(
    (
        *(SignatureMethod.RSA_SHA256, SignatureMethod.RSA_SHA384, SignatureMethod.RSA_SHA512),
        *(SignatureMethod.ECDSA_SHA256, SignatureMethod.ECDSA_SHA384),
        *(SignatureMethod.ECDSA_SHA512, SignatureMethod.SHA256_RSA_MGF1),
        *(SignatureMethod.SHA384_RSA_MGF1, SignatureMethod.SHA512_RSA_MGF1),
    )
)
_DIGESTS = frozenset((DigestAlgorithm.SHA256, DigestAlgorithm.SHA384, DigestAlgorithm.SHA512))
_BY_CURVE_BITS = {
    256: SignatureMethod.ECDSA_SHA256,
    384: SignatureMethod.ECDSA_SHA384,
    521: SignatureMethod.ECDSA_SHA512,
}
_FEWEST_RSA_BITS = 2048
#: What the libraries raise for signatures made up by strangers.
_REFUSALS = (
    *(SignXMLException, InvalidSignature, UnsupportedAlgorithm, etree.LxmlError),
    *(ValueError, TypeError, KeyError, AttributeError, NotImplementedError, AssertionError),
)
_DECLARATION = re.compile(r"^\s*<\?xml\s[^>]*\?>")


class State(StrEnum):
    """What can be said of a message's signature."""

    UNSIGNED = "unsigned"
    TRUSTED = "trusted"  # good, and by one of the trusted
    STRANGER = "stranger"  # good for the certificate it carries, which nobody here trusts
    BROKEN = "broken"  # not good, not on the whole message, or not of a kind that is accepted


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What `verify` found."""

    state: State
    #: The canonical bytes that were signed, only of a trusted message.
    signed: bytes = b""
    #: Who signed: the trusted certificate, or the stranger's.
    certificate: x509.Certificate | None = None
    #: Why it is not trusted, for the person who looks at it.
    reason: str = ""

    @property
    def trusted(self) -> bool:
        """Tell whether one of the trusted signed the whole message."""
        return self.state == State.TRUSTED

    @property
    def outdated(self) -> bool:
        """Tell whether it fails by the days of the certificate, not by what was signed."""
        return self.state == State.BROKEN and self.reason == _EXPIRED


def sign(xml: bytes, key: Key, certificate: x509.Certificate) -> bytes:
    """Put an enveloped signature over the whole document at its end.

    `Invalid` when it is signed already, or the certificate is not the key's.
    """
    root = read_xml(decoded(xml)[0])
    if _signatures(root):
        raise Invalid("报文已经签过名")
    if certificate.public_key() != key.public_key():
        raise Invalid("证书与私钥不是一对")
    signer = XMLSigner(
        method=SignatureConstructionMethod.enveloped,
        signature_algorithm=_method(key),
        digest_algorithm=DigestAlgorithm.SHA256,
        c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
    )
    signed = signer.sign(_parsed(xml), key=key, cert=[certificate])
    return bytes(etree.tostring(signed, encoding="UTF-8", xml_declaration=True))


def _method(key: Key) -> SignatureMethod:
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size >= _FEWEST_RSA_BITS:
        return SignatureMethod.RSA_SHA256
    method = None if isinstance(key, rsa.RSAPrivateKey) else _BY_CURVE_BITS.get(key.key_size)
    if method is None:
        raise Invalid("签名的密钥应是 RSA（2048 位以上）或 NIST 曲线 P-256、P-384、P-521")
    return method


def verify(
    xml: bytes, trusted: Sequence[x509.Certificate], *, at: datetime | None = None
) -> Verdict:
    """Judge a message's signature against the certificates that are trusted, at a time (now).

    Keys and certificates in the message prove nothing; they only tell a stranger from a forger.
    `Unreadable` when the document itself is none.
    """
    root = read_xml(decoded(xml)[0])
    signatures = _signatures(root)
    if not signatures:
        return Verdict(state=State.UNSIGNED, reason="没有签名")
    if len(signatures) > 1:
        return Verdict(state=State.BROKEN, reason=f"有 {len(signatures)} 个签名，只接受一个")
    reasons: list[str] = []
    for certificate in trusted:
        found = _tried(xml, certificate, at)
        if isinstance(found, str):
            reasons.append(found)
        elif not _same(root, read_xml(found.signed_data.decode())):
            return Verdict(state=State.BROKEN, reason="签名没有覆盖整个报文")
        else:
            return Verdict(state=State.TRUSTED, signed=found.signed_data, certificate=certificate)
    return _untrusted(xml, root, signatures[0], at, reasons)


def _untrusted(
    xml: bytes, root: Node, signature: Node, at: datetime | None, reasons: list[str]
) -> Verdict:
    """Tell a stranger's good signature from one that is good for nobody."""
    expired = next((reason for reason in reasons if reason == _EXPIRED), "")
    own = _carried(signature)
    if own is None:
        reason = expired or "签名里没有证书，受信任的证书都不符"
        return Verdict(state=State.BROKEN, reason=reason)
    found = _tried(xml, own, at)
    if isinstance(found, str) or not _same(root, read_xml(found.signed_data.decode())):
        reason = found if isinstance(found, str) else "签名没有覆盖整个报文"
        return Verdict(state=State.BROKEN, reason=expired or reason)
    return Verdict(state=State.STRANGER, certificate=own, reason="签名者的证书不在受信任之列")


_EXPIRED = "证书不在有效期内"


def _tried(xml: bytes, certificate: x509.Certificate, at: datetime | None) -> VerifyResult | str:
    """Verify by one certificate; a text says why it does not."""
    configuration = SignatureConfiguration(
        location="./",
        expect_references=1,
        signature_methods=_METHODS,
        digest_algorithms=_DIGESTS,
        verification_time=at,
    )
    try:
        found = XMLVerifier().verify(
            _parsed(xml), x509_cert=certificate, expect_config=configuration
        )
    except InvalidCertificate:
        return _EXPIRED
    except _REFUSALS:
        return "签名与报文不符，或算法不接受"
    if isinstance(found, list) or found.signed_xml is None:
        return "签名的不是报文"
    return found


def _parsed(xml: bytes) -> etree._Element:
    """Parse for the library: what our own reader accepted, from the same characters."""
    text = _DECLARATION.sub("", decoded(xml)[0])
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    return etree.fromstring(text.encode(), parser=parser)


def _signatures(root: Node) -> list[Node]:
    return [one for one in root.all("Signature") if one.space == NAMESPACE]


def _carried(signature: Node) -> x509.Certificate | None:
    """Return the first certificate a signature carries, None when there is none to read."""
    for key in signature.all("KeyInfo"):
        for carried in key.all("X509Data"):
            text = carried.value("X509Certificate")
            try:
                return x509.load_der_x509_certificate(b64decode(text)) if text else None
            except (ValueError, TypeError, UnsupportedAlgorithm):
                return None
    return None


def _same(whole: Node, signed: Node) -> bool:
    """Tell whether what was signed is the whole message but for the signature."""
    children = [one for one in whole.children if one.space != NAMESPACE]
    return (
        (whole.name, whole.space, whole.text) == (signed.name, signed.space, signed.text)
        and whole.attributes == signed.attributes
        and len(children) == len(signed.children)
        and all(_same(one, other) for one, other in zip(children, signed.children, strict=True))
    )
