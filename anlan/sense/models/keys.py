"""Keys that devices come in with. Only a hash is kept; the secret is shown once."""

from typing import Any, ClassVar

from django.db import models

from anlan.kernel.ids import LENGTH, new_id
from anlan.sense.models.stations import Gateway


class DeviceKey(models.Model):
    """A key that writes the streams of one gateway, or those it names; nothing else."""

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    name = models.CharField("用途", max_length=64)
    region = models.ForeignKey("regions.Region", models.PROTECT, related_name="+")
    gateway = models.ForeignKey(
        Gateway, models.PROTECT, null=True, related_name="keys", verbose_name="上报网关"
    )
    #: Ids of streams, for a device that belongs to no gateway.
    streams: Any = models.JSONField("监测项", default=list)
    #: SHA-256 of the secret, which has 256 bits of its own: nothing to stretch.
    hash = models.CharField(max_length=64)
    #: How the secret begins, so that people tell keys apart.
    start = models.CharField(max_length=12)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=40)
    expires = models.DateTimeField(null=True)
    last_used = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        verbose_name = "设备密钥"
        indexes: ClassVar = [models.Index(fields=["region", "id"], name="device_key_region")]

    def __str__(self) -> str:
        return f"{self.name} {self.start}…"
