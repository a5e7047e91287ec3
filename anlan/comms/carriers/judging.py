"""What a provider's answer means, for the request and for each recipient in it."""

import re
from collections.abc import Sequence
from typing import Any

from anlan.base.vault.tokens import digits
from anlan.comms import reasons
from anlan.comms.carriers.parcels import Result
from anlan.comms.carriers.replies import Reply
from anlan.comms.declaration.declared import Answer
from anlan.kernel.errors import AnlanError
from anlan.protocols.declared.requests import Test, plain
from anlan.protocols.mapping import Unlike, parse
from anlan.protocols.mapping.documents import text_of
from anlan.protocols.mapping.selectors import Missed, Path, Scope

#: Characters of an answer that are shown.
EXCERPT = 120
LONGEST_TICKET = 64


def judge(declared: Answer, reply: Reply, addresses: Sequence[str]) -> list[Result]:
    """Say what became of each recipient, in order."""
    troubled = _by_status(reply)
    if troubled is not None:
        return [troubled] * len(addresses)
    scope = _scope(declared, reply)
    if isinstance(scope, Result):
        return [scope] * len(addresses)
    whole = _judged(declared, scope)
    if not whole.detail and whole.outcome != "sent":  # refused in another shape than declared
        whole = whole._replace(detail=excerpt(reply.body))
    if declared.strangers is not None and whole.outcome == "sent":
        return _known_to_them(declared.strangers, scope, whole, addresses)
    if declared.each is None or declared.number is None:
        return [whole] * len(addresses)
    return _each(declared, scope, whole, addresses)


def expired(declared: Answer, reply: Reply) -> bool:
    """Tell whether the provider has forgotten our token."""
    if declared.expired is None or reply.status >= 400:
        return False
    scope = _scope(declared, reply)
    return isinstance(scope, Scope) and _says(declared.expired, scope)


def _by_status(reply: Reply) -> Result | None:
    status = reply.status
    if 200 <= status < 300:
        return None
    said = excerpt(reply.body)
    detail = f"HTTP {status}{'：' if said else ''}{said}"
    if status in (429, 503):
        wait = reply.headers.get("retry-after", "")
        wait_s = float(wait) if wait.isdigit() else 0.0
        return Result("again", reasons.THROTTLED, detail, wait_s=wait_s, down=True)
    if status >= 500:
        return Result("again", reasons.CARRIER_DOWN, detail, down=True)
    return Result("failed", reasons.REFUSED, detail)


def _scope(declared: Answer, reply: Reply) -> Scope | Result:
    """Read the answer; what cannot be read may mean anything."""
    tree: Any = None
    try:
        if declared.pattern is not None:
            found = declared.pattern.search(text_of(reply.body).strip())
            tree = found.groupdict() if found else None
        elif declared.form is not None:
            tree = parse(reply.body, declared.form)
        elif declared.ok is None:
            tree = {}
    except Unlike:
        tree = None
    if tree is None:
        detail = f"回答读不懂：{excerpt(reply.body)}"
        return Result("unknown", reasons.BAD_ANSWER, detail, down=True)
    return Scope(tree, (), tree)


def _judged(declared: Answer, scope: Scope) -> Result:
    ticket = plain(declared.ticket.find(scope))[:LONGEST_TICKET] if declared.ticket else ""
    if declared.ok is None or _says(declared.ok, scope):
        return Result("sent", ticket=ticket)
    said = plain(declared.message.find(scope)) if declared.message else ""
    detail = f"{plain(declared.ok.path.find(scope))} {said}".strip()[:EXCERPT]
    if declared.dead is not None and _says(declared.dead, scope):
        return Result("failed", reasons.DEAD_NUMBER, detail, ticket)
    if declared.busy is not None and _says(declared.busy, scope):
        return Result("again", reasons.THROTTLED, detail, ticket)
    return Result("failed", reasons.REFUSED, detail, ticket)


def _each(declared: Answer, scope: Scope, whole: Result, addresses: Sequence[str]) -> list[Result]:
    """Judge recipient by recipient; one the answer does not name shares the request's fate."""
    assert declared.each is not None
    assert declared.number is not None
    found: dict[str, Result] = {}
    try:
        for one in declared.each.records(scope.root, {}):
            found[digits(plain(declared.number.find(one)))] = _judged(declared, one)
    except Missed:
        return [whole] * len(addresses)
    return [found.get(digits(address), whole) for address in addresses]


def _known_to_them(
    strangers: Path, scope: Scope, whole: Result, addresses: Sequence[str]
) -> list[Result]:
    """Take out those the provider sent to nobody for: no such account, or out of its sight.

    Which of the two it does not say, so that the account is not taken for dead.
    """
    found = strangers.find(scope)
    listed = found if isinstance(found, list) else re.split(r"[|,;\s]+", plain(found))
    unknown = {str(one).lower() for one in listed}
    refused = Result("failed", reasons.REFUSED, "对方没有这个账号，或不在应用可见范围")
    return [refused if one.lower() in unknown else whole for one in addresses]


def _says(test: Test, scope: Scope) -> bool:
    return plain(test.path.find(scope)) in test.values


def excerpt(body: bytes) -> str:
    """Quote the beginning of an answer, in whichever character set it is."""
    try:
        text = text_of(body[: 4 * EXCERPT])
    except AnlanError:  # cut in the middle of a character, or no text at all
        text = body[: 4 * EXCERPT].decode("utf-8", "replace")
    return " ".join(text.replace("\0", "").split())[:EXCERPT]
