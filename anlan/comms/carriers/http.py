"""The carrier every HTTP provider is: a declared request, filled in, signed, sent and judged."""

import base64
import re
import secrets as randomness
import ssl
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache
from itertools import groupby
from pathlib import Path as FilePath
from typing import Any

from anlan.base.register.masking import mask
from anlan.comms.carriers.calling import CallFailed, Client, Way
from anlan.comms.carriers.judging import expired, judge
from anlan.comms.carriers.parcels import Parcel, Result
from anlan.comms.carriers.replies import Reply
from anlan.comms.carriers.tokens import TOKENS, read_token
from anlan.comms.declaration import Declaration
from anlan.comms.declaration.declared import Answer, Inward, Pull
from anlan.comms.declaration.requests import OF_ONE
from anlan.kernel import clock
from anlan.kernel.ids import new_id
from anlan.protocols.declared.filling import (
    Filled,
    fill,
    is_signed_inside,
    sign_request,
    signature_of,
)
from anlan.protocols.declared.moments import millis
from anlan.protocols.declared.requests import Request, Sign, Tls
from anlan.protocols.declared.secrets import Blotter, Secrets
from anlan.protocols.declared.templates import FILTERS, filled, names_of

#: Digits in an answer that may be somebody's number.
_NUMBER = re.compile(r"\d{7,}")
LONGEST_DETAIL = 200


class HttpCarrier:
    """One declared HTTP provider, for as long as one event loop runs."""

    def __init__(self, declared: Declaration, home: FilePath) -> None:
        outgoing = declared.outgoing
        assert outgoing is not None
        self.declared = declared
        self.outgoing = outgoing
        self.blotter = Blotter()
        kept = self._kept = Secrets(home)
        self._secrets = {
            name: self._learned(kept, reference) for name, reference in declared.secrets.items()
        }
        self._secret = self._learned(kept, declared.auth.secret)
        self._key = self._learned(kept, declared.sign.secret) if declared.sign else ""
        self._client = Client(
            Way(
                declared.pace.timeout_s,
                declared.pace.keep_alive,
                context_of(declared.tls, home / "conf" / "channels"),
                declared.proxy,
            )
        )
        used = frozenset().union(*map(names_of, outgoing.request.templates))
        #: What all recipients of one request have in common.
        self._common = tuple(sorted(used & OF_ONE))
        self._inside = declared.sign is not None and is_signed_inside(outgoing.request)

    @property
    def lines(self) -> int:
        """How many requests may be under way at once."""
        return self.declared.pace.lines

    def groups(self, parcels: Sequence[Parcel]) -> list[list[Parcel]]:
        """Divide parcels into requests; those of a request cut off before stay together.

        Unless what is declared has changed since, and they do not fit one request any more.
        """
        again = sorted((one for one in parcels if one.request), key=lambda one: one.request)
        fresh = [one for one in parcels if not one.request]
        found = []
        for _, same in groupby(again, key=lambda one: one.request):
            parts = list(self._divided(list(same)))
            if len(parts) == 1:
                found += parts
            else:
                fresh += [one for part in parts for one in part]
        for group in self._divided(fresh):
            request = new_id()
            for one in group:
                one.request = request
            found.append(group)
        return found

    def _divided(self, parcels: Sequence[Parcel]) -> Iterator[list[Parcel]]:
        size = self.outgoing.batch
        if size == 1:
            yield from ([one] for one in parcels)
            return
        alike: dict[tuple[Any, ...], list[Parcel]] = {}
        for one in parcels:
            alike.setdefault(tuple(str(one.told[name]) for name in self._common), []).append(one)
        for same in alike.values():
            same.sort(key=lambda one: one.message)  # in the same order when it is asked again
            for start in range(0, len(same), size):
                yield same[start : start + size]

    async def send(self, group: Sequence[Parcel]) -> list[Result]:
        """Make one request; log in again once when the provider has forgotten us."""
        try:
            token = await self._token()
            reply = await self._call(group, token)
            if self._is_forgotten(reply, self.declared.answer):
                token = await self._token(not_this=token)
                reply = await self._call(group, token)
            results = judge(self.declared.answer, reply, [one.address for one in group])
        except CallFailed as failed:
            outcome = "unknown" if failed.sent else "again"
            results = [Result(outcome, failed.reason, failed.detail, down=True)] * len(group)
        return [self._clean(one) for one in results]

    async def close(self) -> None:
        """Let connections go."""
        await self._client.close()

    async def pull(self, inward: Inward) -> Reply:
        """Ask for what the provider has to tell; `CallFailed` says what stood in the way."""
        pull = inward.pull
        assert pull is not None
        judged = Answer(inward.form, expired=pull.expired)
        token = await self._token()
        reply = await self._ask(self._pulled(pull, token))
        if self._is_forgotten(reply, judged):
            reply = await self._ask(self._pulled(pull, await self._token(not_this=token)))
        return reply

    def clean(self, detail: str) -> str:
        """Blot secrets and numbers out of what is kept or shown."""
        told = _NUMBER.sub(lambda found: mask(found[0]) or "", self.blotter.clean(detail))
        return told[:LONGEST_DETAIL]

    def _pulled(self, pull: Pull, token: str) -> Filled:
        known = {**self._always(), **self._secrets, "token": token}
        known["username"] = self.declared.auth.username
        sign, key = self.declared.sign, self._key
        if pull.sign is not None:
            sign, key = pull.sign, self._learned(self._kept, pull.sign.secret)
        return self._proved(pull.request, sign, key, known)

    def _is_forgotten(self, reply: Reply, judged: Answer) -> bool:
        return self.declared.auth.login is not None and (
            reply.status == 401 or expired(judged, reply)
        )

    async def _call(self, group: Sequence[Parcel], token: str) -> Reply:
        return await self._ask(self._filled(group, token))

    async def _ask(self, made: Filled) -> Reply:
        return await self._client.call(made.request.method, made.url, made.headers, made.body)

    def _filled(self, group: Sequence[Parcel], token: str) -> Filled:
        auth = self.declared.auth
        known = {**self._always(), **self._secrets, **group[0].told}
        known |= {
            "token": token, "username": auth.username, "request": group[0].request,
            "count": len(group),
            "numbers": self.outgoing.separator.join(one.address for one in group),
        }  # fmt: skip
        if self.outgoing.item is not None:
            known["items"] = [filled(self.outgoing.item, {**known, **one.told}) for one in group]
        return self._proved(self.outgoing.request, self.declared.sign, self._key, known)

    def _proved(
        self, request: Request, sign: Sign | None, key: str, known: dict[str, Any]
    ) -> Filled:
        """Fill in a request with what proves who we are."""
        inside = sign is not None and self._is_inside(request)
        if sign is not None and inside:
            known["signature"] = signature_of(sign, key, known)
        made = fill(request, known)
        self._prove(made, known["token"])
        if sign is not None and not inside:
            sign_request(made, sign, key, known)
        return made

    def _is_inside(self, request: Request) -> bool:
        if request is self.outgoing.request:
            return self._inside  # asked of every message; looked at once
        return is_signed_inside(request)

    def _prove(self, made: Filled, token: str) -> None:
        auth = self.declared.auth
        if auth.kind == "basic":
            raw = f"{auth.username}:{self._secret}".encode()
            proof = base64.b64encode(raw).decode("ascii")
            self.blotter.learn([proof])
            made.headers["Authorization"] = f"Basic {proof}"
        elif auth.kind == "token" or (auth.kind == "login" and token):
            if auth.query:
                made.query.append((auth.query, token))
            elif auth.header:
                made.headers[auth.header] = auth.prefix + token

    async def _token(self, not_this: str = "") -> str:
        auth = self.declared.auth
        if auth.login is None:
            return self._secret
        name = f"{self.declared.key}:{self.declared.version}"
        kept = TOKENS.kept(name, not_this)
        if kept:
            return kept
        told = {**self._always(), "username": auth.username, "secret": self._secret}
        made = fill(auth.login.request, told)
        reply = await self._client.call(
            auth.login.request.method, made.url, made.headers, made.body
        )
        token = TOKENS.keep(name, read_token(auth.login, reply))
        self.blotter.learn([token])
        return token

    def _always(self) -> dict[str, Any]:
        """Tell what every request knows: the provider's clock is the real one."""
        now: datetime = clock.real_now()
        return {
            "now": now,
            "timestamp": millis(now) // 1000,
            "timestamp_ms": millis(now),
            "nonce": randomness.token_hex(8),
            "time_format": self.declared.time_format,
            "time_zone": self.declared.time_zone,
        }

    def _learned(self, kept: Secrets, reference: str) -> str:
        if not reference:
            return ""
        value = kept.value(reference)
        digests = [make(value) for make in FILTERS.values()]  # as good as the secret itself
        self.blotter.learn([value, *digests, *map(str.upper, digests)])
        return value

    def _clean(self, result: Result) -> Result:
        return result._replace(detail=self.clean(result.detail)) if result.detail else result


def context_of(tls: Tls, folder: FilePath) -> ssl.SSLContext:
    """Make the context declared certificates are judged by."""
    if not tls.verify:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context
    return ssl.create_default_context(cafile=str(folder / tls.ca)) if tls.ca else _systems()


@cache
def _systems() -> ssl.SSLContext:
    """Make the context of the certificates this system trusts: 40 ms to read, so once."""
    return ssl.create_default_context()
