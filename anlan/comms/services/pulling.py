"""Asking providers that push nothing for receipts and replies.

Most of them hand each record out once: what was fetched and then lost to a power cut is gone, and
the message stands without a receipt. That is why a push is taken where a provider offers one.
"""

import asyncio
import time
from collections.abc import Iterator
from typing import NamedTuple

from django.db import transaction

from anlan.comms.carriers.calling import CallFailed
from anlan.comms.carriers.http import HttpCarrier
from anlan.comms.carriers.replies import Reply
from anlan.comms.declaration import Declaration
from anlan.comms.declaration.declared import Inward
from anlan.comms.declaration.shelf import shelf
from anlan.comms.hooks import Heard, read_hook, told_at
from anlan.comms.models import CarrierState
from anlan.comms.services.receipts import take_receipts
from anlan.comms.services.replies import take_replies
from anlan.kernel import clock, workspace
from anlan.kernel.errors import AnlanError, Invalid

RECEIPT, REPLY = "receipt", "reply"
#: Asked so often in a row while there is more to fetch.
ROUNDS = 20
#: After failures it is asked at longer and longer times, up to so many times the usual one.
LONGEST = 20


class _Asked(NamedTuple):
    """One thing a provider is asked for."""

    declared: Declaration
    what: str
    inward: Inward

    @property
    def name(self) -> str:
        """Under which name its fate is kept."""
        return self.declared.asked_as(self.what)


#: When each is asked next. Real time: it is the provider's. A new process asks at once.
_next_at: dict[str, float] = {}


def pull_due() -> int:
    """Ask every provider whose time has come; returns how many records came."""
    if workspace.current().console_only:
        return 0
    return sum(_pull(one) for one in _asked() if time.monotonic() >= _next_at.get(one.name, 0.0))


def _asked() -> Iterator[_Asked]:
    for declared in shelf().in_force().values():
        for what, inward in ((RECEIPT, declared.receipt), (REPLY, declared.reply)):
            if declared.enabled and inward is not None and inward.pull is not None:
                yield _Asked(declared, what, inward)


def _pull(one: _Asked) -> int:
    assert one.inward.pull is not None
    found, wrong = _fetch(one)
    failures = note_asked(one.name, wrong)
    _next_at[one.name] = time.monotonic() + wait_after(one.inward.pull.every_s, failures)
    return found


def _fetch(one: _Asked) -> tuple[int, str]:
    """Fetch round after round until nothing more comes, writing each down before the next.

    Returns how many came, and what went wrong in the end.
    """
    found = 0
    try:
        carrier = HttpCarrier(one.declared, workspace.directory())
    except AnlanError as error:  # a secret that is not there
        return 0, error.detail
    with asyncio.Runner() as runner:
        try:
            for _ in range(ROUNDS):
                count = _take(one, runner.run(carrier.pull(one.inward)))
                found += count
                if not count:
                    break
        except (AnlanError, CallFailed) as error:
            return found, carrier.clean(error.detail)
        finally:
            runner.run(carrier.close())
    return found, ""


def _take(one: _Asked, reply: Reply) -> int:
    """Write down what an answer holds; returns how many records that were."""
    pull = one.inward.pull
    if reply.status != 200:
        raise Invalid(f"HTTP {reply.status}")
    if pull is not None and pull.ok is not None:
        said = told_at(one.inward, pull.ok.path, reply.body)
        if said not in pull.ok.values:
            raise Invalid(f"{pull.ok.path.text} 是「{said[:60]}」")
    told = read_hook(one.inward, Heard("POST", {}, {}, reply.body))
    if one.what == RECEIPT:
        take_receipts(declared=one.declared, inward=one.inward, told=told)
    else:
        take_replies(carrier=one.declared.key, told=told)
    return len(told)


def wait_after(every_s: float, failures: int) -> float:
    """Tell how long to wait after so many failures in a row. Seconds."""
    return every_s * (min(2**failures, LONGEST) if failures else 1)


def note_asked(name: str, wrong: str) -> int:
    """Keep how asking fares, for the page of channels; returns the failures in a row."""
    now = clock.now()
    with transaction.atomic():
        state, _ = CarrierState.objects.get_or_create(key=name)
        if not wrong:
            if state.failures or state.last_ok_at is None:
                CarrierState.objects.filter(pk=state.pk).update(
                    failures=0, failing_since=None, last_ok_at=now
                )
            return 0
        CarrierState.objects.filter(pk=state.pk).update(
            failures=state.failures + 1, failing_since=state.failing_since or now,
            last_error_at=now, last_error=wrong[:200],
        )  # fmt: skip
    return state.failures + 1
