"""What providers tell us, read by their channel's file: receipts and replies out of a request."""

import hmac
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from anlan.comms.declaration import Declaration
from anlan.comms.declaration.declared import Inward
from anlan.comms.declaration.shelf import shelf
from anlan.kernel import clock, workspace
from anlan.kernel.errors import Forbidden, Invalid, Missing
from anlan.protocols.declared.moments import moment_of
from anlan.protocols.declared.requests import plain
from anlan.protocols.declared.secrets import Secrets
from anlan.protocols.mapping import TimeForm, Unlike, parse
from anlan.protocols.mapping.documents import text_of
from anlan.protocols.mapping.selectors import Missed, Path, Scope
from anlan.protocols.mapping.times import Untimely

#: Records of one request; a provider that sends more sends them again.
MOST = 5000
#: A time further ahead than this is no time of today's.
AHEAD_S = 600


@dataclass(frozen=True)
class Heard:
    """A provider's request, before anything in it is believed."""

    method: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Told:
    """One record of it. The number is open in it and goes nowhere else."""

    ticket: str
    key: str
    number: str
    at: datetime
    code: str
    text: str

    def __repr__(self) -> str:
        """Leave the number and the words out of logs."""
        return f"Told({self.ticket})"


def open_hook(key: str, heard: Heard, *, replies: bool) -> tuple[Declaration, Inward]:
    """Let a provider in; `Missing` where nothing is declared, `Forbidden` without the secret.

    A workspace that reaches nobody hears of nobody either.
    """
    if workspace.current().console_only:
        raise Missing("没有这个渠道")
    declared = shelf().declaration(key)
    inward = declared.reply if replies else declared.receipt
    hook = declared.hook
    if inward is None or hook is None:  # switched off, what it sent before still comes back
        raise Missing("没有这个渠道")
    secret = Secrets(workspace.directory()).value(hook.secret)
    told = heard.headers.get(hook.header, "") if hook.header else heard.query.get(hook.query, "")
    if not hmac.compare_digest(told.encode(), secret.encode()):
        raise Forbidden("凭据不对")
    return declared, inward


def read_hook(inward: Inward, heard: Heard) -> list[Told]:
    """Read the records of a request; `Invalid` when it is not what the file says."""
    try:
        tree = _tree(inward, heard)
        scopes = list(inward.records.records(tree, {}))
    except Unlike as error:
        raise Invalid(f"内容{error.detail}") from error
    except Missed as error:
        raise Invalid(f"内容里没有「{error}」") from error
    if len(scopes) > MOST:
        raise Invalid(f"一次最多 {MOST} 条")
    told = list(_told(inward, scopes))
    if inward.text is None:
        return told
    whose = [one for one in told if one.number]
    if told and not whose:
        raise Invalid("内容里没有回复人的号码")
    return whose


def told_at(inward: Inward, path: Path, body: bytes) -> str:
    """Read one value of a provider's answer; `Invalid` when it is not what the file says."""
    try:
        tree = parse(body, inward.form)
    except Unlike as error:
        raise Invalid(f"回答{error.detail}") from error
    return plain(path.find(Scope(tree, (), tree)))


def _tree(inward: Inward, heard: Heard) -> Any:
    if inward.form.kind != "form":
        return parse(heard.body, inward.form)
    if heard.method == "GET":
        return dict(heard.query)
    body = text_of(heard.body, inward.form.charset)
    return dict(parse_qsl(body, keep_blank_values=True))


def _told(inward: Inward, scopes: list[Scope]) -> Iterator[Told]:
    now = clock.now()
    form = TimeForm((inward.at_format,))
    for scope in scopes:

        def text(path: Any, scope: Scope = scope) -> str:
            return plain(path.find(scope)) if path is not None else ""

        yield Told(
            ticket=text(inward.ticket)[:64],
            key=text(inward.key)[:64],
            number=text(inward.number)[:40],
            at=_moment(form, text(inward.at), now),
            code=text(inward.code)[:40],
            text=text(inward.text)[:2000],
        )


def _moment(form: TimeForm, text: str, now: datetime) -> datetime:
    """Read the provider's time; what cannot be, or lies ahead, is now."""
    if not text:
        return now
    try:
        at = moment_of(form.millis(text))
    except Untimely:
        return now
    return at if (at - now).total_seconds() < AHEAD_S else now
