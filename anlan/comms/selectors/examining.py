"""Looking at the channels from outside the pages (`anlan doctor`): set up, and to be reached."""

import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

from anlan.base.obligations.ladders import ladders
from anlan.comms.channels import CHANNELS
from anlan.comms.composing import problem as wording_problem
from anlan.comms.declaration import Declaration
from anlan.comms.declaration.shelf import FOLDER, shelf
from anlan.comms.linking import link_base
from anlan.comms.models import CarrierState
from anlan.kernel import workspace
from anlan.kernel.errors import AnlanError
from anlan.protocols.declared.secrets import Secrets

#: How long a provider's port is waited for.
TIMEOUT_S = 3.0


def problems() -> list[str]:
    """Say everything that keeps messages from leaving, a sentence each; nothing is sent."""
    return [*_of_files(), *_of_words(), *_of_channels()]


def _of_files() -> Iterator[str]:
    for key, sheet in shelf().sheets().items():
        for one in sheet.problems:
            yield f"{FOLDER / key}.toml：{one.sentence()}"
    if wrong := wording_problem():
        yield wrong


def _of_words() -> Iterator[str]:
    """Name what the ladders turn to and nobody has set up."""
    served = {one.channel for one in shelf().in_force().values() if one.enabled}
    asked = {name for one in ladders().values() for rung in one.rungs for name in rung.channels}
    for key in sorted(asked - served):
        channel = CHANNELS[key]
        if not channel.by_hand and not channel.at_once:
            yield f"阶梯用到「{channel.title}」（{key}），没有启用的渠道"
    if link_base() is None:
        yield "conf/settings.toml 里没有 [comms] link_base，短信不带应答链接"


def _of_channels() -> Iterator[str]:
    failing = {row.key: row for row in CarrierState.objects.filter(failures__gt=0)}
    for one in shelf().in_force().values():
        if not one.enabled:
            continue
        yield from (f"{one.key}：{why}" for why in (*_secrets(one), *_reach(one)))
        for key in (one.key, *map(one.asked_as, ("receipt", "reply"))):
            if key in failing:
                yield f"{key}：连续失败 {failing[key].failures} 次，{failing[key].last_error}"


def _secrets(one: Declaration) -> Iterator[str]:
    kept = Secrets(workspace.directory())
    named = [*one.secrets.values(), one.auth.secret]
    named += [part.secret for part in (one.sign, one.hook, one.mail) if part is not None]
    for reference in sorted({name for name in named if name}):
        try:
            kept.value(reference)
        except AnlanError as error:
            yield error.detail


def _reach(one: Declaration) -> Iterator[str]:
    """Knock at the provider's port, or the proxy's: connected to, and nothing said."""
    host, port = _where(one)
    try:
        socket.create_connection((host, port), TIMEOUT_S).close()
    except OSError as error:
        yield f"连不上 {host}:{port}：{error.strerror or error}"


def _where(one: Declaration) -> tuple[str, int]:
    if one.mail is not None:
        return one.mail.host, one.mail.port
    assert one.outgoing is not None
    parts = urlsplit(one.proxy or one.outgoing.request.url.text)
    return str(parts.hostname), parts.port or (443 if parts.scheme == "https" else 80)
