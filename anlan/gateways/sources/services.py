"""Deeds on sources: writing a declaration, switching it, asking again, keeping a secret.

The file is written inside the transaction that notes the deed: without the note, no file.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import transaction

from anlan.base.journal.services import record
from anlan.base.permissions import Actor, permit
from anlan.gateways.sources import asking, deed_names
from anlan.gateways.sources.console import Checked, check
from anlan.gateways.sources.declaration import Declaration, read_fields, read_text
from anlan.gateways.sources.reach import refuse_own
from anlan.gateways.sources.selectors import may_use, region_of, shelf, standing_of
from anlan.gateways.sources.sharing import FOLDER
from anlan.gateways.sources.shelf import Sheet
from anlan.gateways.sources.toml_text import toml_text
from anlan.kernel import clock, workspace
from anlan.kernel.errors import Forbidden, Invalid
from anlan.protocols.declared.moments import millis
from anlan.protocols.declared.secrets import Secrets

_ENABLED = re.compile(r"^enabled[ \t]*=[ \t]*(true|false)", re.MULTILINE)
_FIRST_TABLE = re.compile(r"^[ \t]*\[", re.MULTILINE)


def read_source(
    *, key: str, text: str | None = None, fields: dict[str, Any] | None = None
) -> tuple[Declaration, str]:
    """Read what a page sends, text or fields; `Wrong` names the lines or the fields."""
    files = shelf().files
    if fields is not None:
        read_fields(key, fields, files)
        text = toml_text(fields)
    if text is None:
        raise Invalid("请给出 text（文件内容）或 fields（表单）")
    return read_text(key, text, files), text


def edit_source(*, key: str, text: str, version: str, by: Actor) -> Sheet:
    """Write a declaration, a new one with `version` ""; `Conflict` when another was faster."""
    declaration = read_text(key, text, shelf().files)
    known = shelf().sheets().get(key)
    permit(by, "sources.edit", declaration.region)
    if known is not None:
        permit(by, "sources.edit", region_of(known))
    was_on = bool(known and known.declaration and known.declaration.enabled)
    if declaration.enabled and not was_on:
        permit(by, "sources.enable", declaration.region)
    _check_reach(declaration)
    _check_secrets(declaration, by)
    with transaction.atomic():
        record(
            deed=deed_names.EDITED if known else deed_names.CREATED,
            by=by,
            subject=("sources", key),
            region=declaration.region,
            facts={"title": declaration.title, "changed": sorted(_changed(known, declaration))},
        )
        return shelf().write(key, text, seen=version)


def switch_source(*, key: str, on: bool, reason: str = "", by: Actor) -> Sheet:
    """Switch a source on or off. Off works even when its file is wrong."""
    sheet = shelf().sheet(key)
    region = region_of(sheet)
    permit(by, "sources.enable", region)
    if on and sheet.wrong:
        raise sheet.wrong
    if not on and not reason.strip():
        raise Invalid("请写明停用的原因", errors={"reason": ["必须填写"]})
    with transaction.atomic():
        record(
            deed=deed_names.ENABLED if on else deed_names.DISABLED,
            by=by,
            subject=("sources", key),
            region=region,
            facts={"reason": reason.strip()} if reason.strip() else None,
        )
        return shelf().write(key, switched(sheet.text, on=on), seen=sheet.version, checked=on)


def ask_again(*, key: str, since: datetime | None = None, by: Actor) -> None:
    """Have a source pulled at once, and all since a moment once more."""
    sheet = shelf().sheet(key)
    region = region_of(sheet)
    permit(by, "sources.edit", region)
    declared = sheet.declaration
    if declared is None or not declared.enabled:
        raise Invalid("来源没有启用，启用后会立即取数")
    if since is not None and declared.window is None:
        raise Invalid("这个来源不按时间段取数，不能指定从何时起", errors={"since": ["不可用"]})
    if since is not None and since >= clock.now():
        raise Invalid("起始时间应早于现在", errors={"since": ["应早于现在"]})
    with transaction.atomic():
        record(
            deed=deed_names.ASKED,
            by=by,
            subject=("sources", key),
            region=region,
            facts={"since": since.isoformat()} if since else None,
        )
        asking.ask(workspace.directory() / FOLDER, key, None if since is None else millis(since))


def try_source(*, declaration: Declaration, by: Actor) -> Checked:
    """Ask a source once and show what would become of it; nothing is stored."""
    permit(by, "sources.edit", declaration.region)
    _check_reach(declaration)
    _check_secrets(declaration, by)
    return check(declaration, workspace.directory(), known=standing_of)


def keep_secret(*, name: str, value: str, by: Actor) -> None:
    """Keep a secret under a name; nobody can read it again."""
    permit(by, "sources.edit")
    if not may_use(by, f"file:{name}"):
        raise Forbidden("这个密码由别的地区的来源使用，请换一个名称。")
    with transaction.atomic():
        record(deed=deed_names.SECRET_KEPT, by=by, subject=("source-secrets", name))
        Secrets(workspace.directory()).keep(name, value)


def switched(text: str, *, on: bool) -> str:
    """Return the text with its switch set, everything else as it was."""
    first = _FIRST_TABLE.search(text)
    head = text[: first.start()] if first else text
    rest = text[len(head) :]
    line = f"enabled = {str(on).lower()}"
    if _ENABLED.search(head):
        return _ENABLED.sub(line, head, count=1) + rest
    return f"{line}\n{head}{rest}"


def _check_reach(declaration: Declaration) -> None:
    """Refuse this machine's own addresses; a demo and an exercise pull from twins that run here."""
    if workspace.current().kind != "live":
        return
    requests = [declaration.request]
    if declaration.auth.login is not None:
        requests.append(declaration.auth.login.request)
    others = declaration.warnings.hosts if declaration.warnings else ()
    urls = [*(request.url.text for request in requests), *(f"http://{host}" for host in others)]
    refuse_own([*urls, declaration.proxy])


def _check_secrets(declaration: Declaration, by: Actor) -> None:
    """Refuse a secret that sources of other regions use: where it is sent would be anybody's."""
    for reference in _references(declaration):
        if not may_use(by, reference):
            raise Invalid(
                f"密码「{reference}」由别的地区的来源使用，不能用在这里",
                errors={"auth.secret": ["由别的地区的来源使用"]},
            )


def _references(declaration: Declaration) -> Iterator[str]:
    if declaration.auth.secret:
        yield declaration.auth.secret
    if declaration.sign:
        yield declaration.sign.secret


def _changed(known: Sheet | None, declaration: Declaration) -> set[str]:
    """Name the parts that differ; their values may hold what is not for the journal."""
    before = dict(known.fields or {}) if known else {}
    after = dict(declaration.fields)
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
