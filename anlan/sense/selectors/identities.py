"""Who sends observations, and which streams they may write."""

import hmac
import re
from collections.abc import Collection
from dataclasses import dataclass
from fnmatch import translate

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


@dataclass(frozen=True, slots=True)
class Scope:
    """The streams something declared may write: those that fit all that is said here."""

    #: Code of the region in which, or below which, their stations stand.
    region: str
    #: Codes of the units their stations belong to; empty says nothing.
    units: tuple[str, ...] = ()
    #: Codes of the gateways that report them; empty says nothing.
    gateways: tuple[str, ...] = ()
    #: Their own codes, where ``*`` stands for anything; empty says nothing.
    streams: tuple[str, ...] = ()


def numbers_in(wanted: Scope) -> frozenset[int]:
    """List the numbers of the streams of a scope. One query; as of now, like `identify`."""
    return frozenset(number for number, _ in _rows_in(wanted))


def codes_in(wanted: Scope, codes: Collection[str]) -> set[str]:
    """Tell which of these codes are streams of a scope."""
    return {code for _, code in _rows_in(wanted, codes)}


def _rows_in(wanted: Scope, codes: Collection[str] | None = None) -> list[tuple[int, str]]:
    rows = Stream.objects.filter(scope.within([scope.prefix(wanted.region)]), retired_at=None)
    if codes is not None:
        rows = rows.filter(code__in=list(codes))
    if wanted.units:
        rows = rows.filter(station__unit__code__in=wanted.units)
    if wanted.gateways:
        rows = rows.filter(station__gateway__code__in=wanted.gateways)
    found = list(rows.values_list("number", "code"))
    if not wanted.streams:
        return found
    fits = re.compile("|".join(translate(pattern) for pattern in wanted.streams)).match
    return [(number, code) for number, code in found if fits(code)]


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
