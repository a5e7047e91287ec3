"""Device keys as a list shows them."""

from typing import Any

from anlan.base.permissions import selectors as permissions
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import visible
from anlan.sense.models import DeviceKey, Stream

VIEW = "device-keys.view"
MOST = 2000


def listed(actor: Actor) -> list[dict[str, Any]]:
    """List the device keys the actor may see, the newest first."""
    rows = visible(DeviceKey.objects.all(), actor, VIEW)
    found = list(rows.select_related("gateway", "region").order_by("-id")[:MOST])
    names = permissions.names_of({row.created_by for row in found})
    wanted = {stream for row in found for stream in row.streams}
    codes = dict(Stream.objects.filter(pk__in=wanted).values_list("pk", "code"))
    return [
        {
            "id": row.pk,
            "name": row.name,
            "start": row.start,
            "region": row.region_id,
            "region_name": row.region.name,
            "gateway": {"id": row.gateway.pk, "code": row.gateway.code, "name": row.gateway.name}
            if row.gateway
            else None,
            "streams": [codes.get(one, one) for one in row.streams],
            "created_at": row.created_at,
            "created_by_name": names.get(row.created_by, row.created_by),
            "expires": row.expires,
            "last_used": row.last_used,
            "revoked_at": row.revoked_at,
        }
        for row in found
    ]
