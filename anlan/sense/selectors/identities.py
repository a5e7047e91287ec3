"""Who sends observations, and which streams they may write."""

import hmac
from collections.abc import Collection
from dataclasses import dataclass

from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import permit, prefixes
from anlan.base.permissions.services.sessions import digest
from anlan.base.regions import scope
from anlan.kernel.clock import real_now
from anlan.sense.models import DeviceKey, Stream

ADD = "observations.add"


@dataclass(frozen=True, slots=True)
class DeviceIdentity:
    """A sender that proved itself."""

    #: For logs and receipts: ``device:ID`` or ``user:ID``.
    ref: str
    name: str
    #: Numbers of the streams it may write; None is all of them.
    numbers: frozenset[int] | None


def identify(key_id: str, secret: str) -> DeviceIdentity | None:
    """Tell whose a device key is; None when it is unknown, wrong, revoked or past its end.

    Two queries. What it may write is as of now: keep it no longer than an epoch lasts.
    """
    if len(key_id) > 26 or len(secret) > 200:
        return None
    key = DeviceKey.objects.filter(pk=key_id).first()
    # Compared even when there is no such key, so that the answer takes as long.
    same = hmac.compare_digest(digest(secret), key.hash if key else digest(""))
    if key is None or not same or not _holds(key):
        return None
    return DeviceIdentity(f"device:{key.pk}", key.name, numbers_of(key))


def _holds(key: DeviceKey) -> bool:
    return key.revoked_at is None and (key.expires is None or real_now() < key.expires)


def numbers_of(key: DeviceKey) -> frozenset[int]:
    """List the numbers of the streams a key writes: of its gateway's stations, and those named."""
    live = Stream.objects.filter(retired_at=None)
    own = live.filter(pk__in=key.streams)
    numbers: Collection[int] = list(own.values_list("number", flat=True)) if key.streams else ()
    if key.gateway_id is None:
        return frozenset(numbers)
    behind = live.filter(station__gateway=key.gateway_id).values_list("number", flat=True)
    return frozenset((*numbers, *behind))


def sender(actor: Actor) -> DeviceIdentity:
    """Tell what somebody with an API token may write: the streams of their regions.

    `Forbidden` when they may write none anywhere.
    """
    permit(actor, ADD)
    mine = prefixes(actor, ADD)
    if "" in mine:
        return DeviceIdentity(actor.ref, actor.name, None)
    rows = Stream.objects.filter(scope.within(mine), retired_at=None)
    return DeviceIdentity(actor.ref, actor.name, frozenset(rows.values_list("number", flat=True)))
