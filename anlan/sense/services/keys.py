"""Device keys: made once, shown once, revoked at once."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from anlan.base.journal.services import record
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may, permit
from anlan.base.permissions.services.sessions import digest
from anlan.kernel.clock import real_now
from anlan.kernel.errors import Conflict, Invalid, Missing
from anlan.sense import deed_names
from anlan.sense.models import DeviceKey, Gateway, Stream
from anlan.sense.selectors.identities import DeviceIdentity, identify
from anlan.sense.services.epochs import turn_epoch

__all__ = ["DeviceIdentity", "Secret", "create_key", "identify", "note_used", "revoke_key"]

#: A leaked key is found by scanners that know how it begins.
START = "anlandev_"
MOST_STREAMS = 1000


@dataclass(frozen=True, slots=True)
class Secret:
    """A new key with its secret, which is here and nowhere else."""

    key: DeviceKey
    secret: str


def create_key(
    *,
    name: str,
    by: Actor,
    gateway: str | None = None,
    streams: Sequence[str] = (),
    expires: datetime | None = None,
) -> Secret:
    """Make a key for a gateway's streams, or for the streams named (ids), or for both.

    Keys run on real time: they belong to the machine room, not to the exercise.
    """
    regions = _regions(gateway, streams, by)
    for region in regions:
        permit(by, "device-keys.edit", region)
    wrong: dict[str, list[str]] = {}
    if not name.strip():
        wrong["name"] = ["请写明用途，如哪台设备"]
    if not regions:
        wrong["gateway"] = ["请选择网关，或列出监测项"]
    if expires is not None and expires <= real_now():
        wrong["expires"] = ["应晚于现在"]
    if wrong:
        raise Invalid("有几处需要改正", errors=wrong)
    text = START + secrets.token_urlsafe(32)
    key = DeviceKey(
        name=name.strip()[:64], region_id=regions[0], gateway_id=gateway,
        streams=list(dict.fromkeys(streams)), hash=digest(text), start=text[:12],
        created_at=real_now(), created_by=by.ref, expires=expires,
    )  # fmt: skip
    with transaction.atomic():
        key.save(force_insert=True)
        facts = {"name": key.name, "gateway": gateway or "", "streams": key.streams}
        record(
            deed=deed_names.KEY["made"], by=by, subject=("device-key", key.pk), region=regions[0],
            facts=facts, topic="device",
        )  # fmt: skip
        turn_epoch()
    return Secret(key, text)


def _regions(gateway: str | None, streams: Sequence[str], by: Actor) -> list[str]:
    """List where the streams lie; `Missing` when the actor may not see one of them."""
    if len(streams) > MOST_STREAMS:
        raise Invalid(f"一个密钥最多 {MOST_STREAMS} 个监测项，请改用网关")
    found: list[str] = []
    if gateway:
        region = Gateway.objects.filter(pk=gateway, retired_at=None).values_list(
            "region_id", flat=True
        )
        found += list(region)
        if not found or not may(by, "gateways.view", found[0]):
            raise Missing("没有这个网关")
    if streams:
        rows = dict(
            Stream.objects.filter(pk__in=streams, retired_at=None).values_list("pk", "region_id")
        )
        if len(rows) < len(set(streams)) or not all(
            may(by, "streams.view", region) for region in rows.values()
        ):
            raise Missing("没有这些监测项")
        found += rows.values()
    return list(dict.fromkeys(found))


def revoke_key(*, key: str, by: Actor) -> None:
    """Make a key useless; the ingest process hears of it within a second."""
    with transaction.atomic():
        row = DeviceKey.objects.select_for_update().filter(pk=key).first()
        if row is None or not may(by, "device-keys.view", row.region_id):
            raise Missing("没有这个密钥")
        permit(by, "device-keys.edit", row.region_id)
        if row.revoked_at is not None:
            raise Conflict("密钥已经收回")
        DeviceKey.objects.filter(pk=key).update(revoked_at=real_now(), revoked_by=by.ref)
        record(
            deed=deed_names.KEY["revoked"], by=by, subject=("device-key", key),
            region=row.region_id, topic="device",
        )  # fmt: skip
        turn_epoch()


def note_used(*, keys: Collection[str]) -> None:
    """Note that keys were used now; call it seldom (once a minute), with whatever came."""
    if keys:
        with transaction.atomic():
            DeviceKey.objects.filter(pk__in=list(keys)[:1000]).update(last_used=real_now())
