"""How every channel fares: what it proves, who carries it, what waits, how long that will take."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Count, Min

from anlan import codes
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import visible
from anlan.comms.carriers.slots import declared_for
from anlan.comms.channels import CHANNELS, Channel
from anlan.comms.composing import problem as wording_problem
from anlan.comms.declaration import Declaration
from anlan.comms.declaration.shelf import FOLDER, Sheet, shelf
from anlan.comms.linking import link_base
from anlan.comms.models import CarrierState, Message
from anlan.comms.rights import CHANNELS_VIEW
from anlan.kernel import clock, workspace

#: How long calls by hand take, and how many are made side by side.
PACE = "call-pace"


def channels(actor: Actor) -> dict[str, Any]:
    """List every channel with its carriers, and what of the whole set-up is wrong."""
    states = {state.key: state for state in CarrierState.objects.all()}
    waiting = _waiting(actor)
    sheets = shelf().sheets()
    items = [
        _channel(one, states, waiting.get(key, (0, None)), sheets) for key, one in CHANNELS.items()
    ]
    # A file so wrong that nobody knows what it serves is shown by itself.
    lost = [
        {"file": str(FOLDER / f"{key}.toml"), "problem": _problem(sheet)}
        for key, sheet in sheets.items()
        if sheet.problems and key not in shelf().in_force()
    ]
    return {
        "items": items,
        "refused": lost,
        "console_only": workspace.current().console_only,
        "link_base": link_base(),
        "wording_problem": wording_problem(),
        "as_of": clock.now(),
    }


def _waiting(actor: Actor) -> dict[str, tuple[int, Any]]:
    rows = visible(
        Message.objects.filter(state__in=("queued", "sending", "unknown", "manual")).exclude(
            state="unknown", due_at=None
        ),
        actor, CHANNELS_VIEW, "region",
    )  # fmt: skip
    found = rows.order_by().values_list("channel").annotate(n=Count("pk"), at=Min("queued_at"))
    return {name: (n, at) for name, n, at in found}


def _channel(
    one: Channel,
    states: dict[str, CarrierState],
    waiting: tuple[int, Any],
    sheets: Any,
) -> dict[str, Any]:
    declared = [] if one.by_hand or one.at_once else declared_for(one.key)
    rates = [it.pace.per_second for it in declared if it.pace.per_second]
    rate = sum(rates) if rates and len(rates) == len(declared) else None
    lines = _at_hand(one) if one.by_hand else sum(it.pace.lines for it in declared) or None
    count, since = waiting
    return {
        "key": one.key,
        "label": one.title,
        "label_en": one.title_en,
        "reliable": one.reliable,
        "proves": one.proves,
        "by_hand": one.by_hand,
        "at_once": one.at_once,
        "waiting": count,
        "waiting_since": since,
        "rate_per_s": rate,
        "lines": lines,
        "minutes": _minutes(one, count, rate),
        "carriers": [_carrier(it, states, sheets.get(it.key)) for it in declared],
    }


def _at_hand(one: Channel) -> int | None:
    """Tell how many calls by hand are made side by side."""
    row = codes.table(PACE).get(one.key)
    return row.whole("lines") if row else None


def _minutes(one: Channel, waiting: int, rate: float | None) -> float | None:
    """Tell how long what waits will take; None where nobody knows the rate."""
    if not waiting:
        return 0.0
    if one.by_hand:
        row = codes.table(PACE).get(one.key)
        seconds, lines = (row.number("seconds"), row.whole("lines")) if row else (None, None)
        return round(-(-waiting // (lines or 1)) * seconds / 60, 1) if seconds else None
    return round(waiting / rate / 60, 1) if rate else None


def _carrier(
    declared: Declaration, states: dict[str, CarrierState], sheet: Sheet | None
) -> dict[str, Any]:
    state = states.get(declared.key)
    return {
        "key": declared.key,
        "title": declared.title,
        "title_en": declared.title_en or declared.title,
        "file": str(FOLDER / f"{declared.key}.toml") if sheet else "",
        "last_ok_at": state.last_ok_at if state else None,
        "last_error_at": state.last_error_at if state else None,
        "last_error": state.last_error if state else "",
        "failures": state.failures if state else 0,
        "failing_since": state.failing_since if state else None,
        "again_at": state.again_at if state else None,
        "receipts": declared.receipt is not None,
        "replies": declared.reply is not None,
        "problem": "；".join(
            filter(None, (_problem(sheet) if sheet else "", *_asking(declared, states)))
        ),
    }


def _asking(declared: Declaration, states: dict[str, CarrierState]) -> Iterator[str]:
    """Say in what asking for receipts, replies and bounces fails."""
    for what, title in (("receipt", "取回执"), ("reply", "取回复"), ("bounce", "取退信")):
        state = states.get(declared.asked_as(what))
        if state is not None and state.failures:
            yield f"{title}失败：{state.last_error}"


def _problem(sheet: Sheet) -> str:
    return "；".join(one.sentence() for one in sheet.problems)
