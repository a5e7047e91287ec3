"""A declared request filled in and signed: address, query, headers, body."""

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

from anlan.protocols.declared.requests import Request, Sign
from anlan.protocols.declared.signing import ALGORITHMS, ENCODINGS
from anlan.protocols.declared.templates import Template, filled, names_of

Pairs = list[tuple[str, str]]


@dataclass(slots=True)
class Filled:
    """A request filled in; what proves who we are is still added to it."""

    request: Request
    address: str
    query: Pairs
    headers: dict[str, str]
    form: Pairs
    #: The body when it is no form.
    plain: bytes | None

    @property
    def url(self) -> str:
        """The whole address; what is not ASCII in it is quoted."""
        parts = urlsplit(self.address)
        ours = urlencode(self.query, encoding=self.request.charset)
        whole = "&".join(one for one in (parts.query, ours) if one)
        return urlunsplit(
            (parts.scheme, parts.netloc, self._ascii(parts.path), self._ascii(whole), "")
        )

    @property
    def body(self) -> bytes | None:
        """The body as it is sent."""
        if self.request.form is None:
            encoded = self.request.encode and self.plain is not None
            return base64.b64encode(self.plain or b"") if encoded else self.plain
        return urlencode(self.form, encoding=self.request.charset).encode("ascii")

    def _ascii(self, text: str) -> str:
        return re.sub(
            r"[^\x21-\x7e]",
            lambda found: quote(found[0], safe="", encoding=self.request.charset),
            text,
        )


def fill(request: Request, told: Mapping[str, Any]) -> Filled:
    """Fill in address, query, headers and body."""
    headers = texts(request.headers, told)
    form: Pairs = []
    body: bytes | None = None
    kind = ""
    if request.json is not None:
        body = json.dumps(filled(request.json, told), ensure_ascii=False).encode()
        kind = "application/json; charset=utf-8"
    elif request.form is not None:
        form = list(texts(request.form, told).items())
        kind = "application/x-www-form-urlencoded"
    elif request.body is not None:
        body = request.body.fill(told).encode(request.charset, "replace")
        kind = f"text/plain; charset={request.charset}"
    if kind and "content-type" not in {name.lower() for name in headers}:
        headers["Content-Type"] = kind
    query = list(texts(request.query, told).items())
    return Filled(request, request.url.fill(told), query, headers, form, body)


def texts(templates: Mapping[str, Template], told: Mapping[str, Any]) -> dict[str, str]:
    """Fill in a table of texts."""
    return {name: template.fill(told) for name, template in templates.items()}


def is_signed_inside(request: Request) -> bool:
    """Tell whether the signature stands among what the request itself declares."""
    return "signature" in frozenset().union(*map(names_of, request.templates))


def sign_request(made: Filled, declared: Sign, key: str, told: Mapping[str, Any]) -> None:
    """Add the signature to headers, query and form."""
    split = urlsplit(made.url)
    asked = [*_pairs_of(made.address), *made.query]
    known = {
        **told,
        "method": made.request.method,
        "host": split.netloc,
        "path": split.path,
        "query": split.query,
        "query_sorted": _joined(sorted(asked)),
        "params_sorted": _joined(sorted([*asked, *made.form])),
        "params_encoded": _joined(
            sorted((_quoted(name), _quoted(value)) for name, value in [*asked, *made.form])
        ),
        "body": (made.body or b"").decode(made.request.charset, "replace"),
        "secret": key,
    }
    # Beside the signature some ask for a digest of what was signed, in a header of its own.
    known |= {"signature": signature_of(declared, key, known), "secret": ""}
    made.headers |= texts(declared.headers, known)
    made.query += texts(declared.query, known).items()
    made.form += texts(declared.form, known).items()


def signature_of(declared: Sign, key: str, told: Mapping[str, Any]) -> str:
    """Make the signature out of what is told."""
    known = {**told, "secret": key}
    if declared.canonical is not None:
        known["canonical"] = declared.canonical.fill(known)
    keyed = ALGORITHMS[declared.algorithm]
    secret = key.encode()
    if declared.derive:
        first, *further = (one.fill(known) for one in declared.derive)
        secret = first.encode()
        for text in further:
            secret = keyed(secret, text.encode())
    signed = keyed(secret, declared.text.fill(known).encode())
    return ENCODINGS[declared.encoding](signed)


def _quoted(text: str) -> str:
    return quote(text, safe="~")


def _joined(pairs: Pairs) -> str:
    return "&".join(f"{name}={value}" for name, value in pairs)


def _pairs_of(address: str) -> Pairs:
    split = (one.partition("=") for one in urlsplit(address).query.split("&") if one)
    return [(name, value) for name, _, value in split]
