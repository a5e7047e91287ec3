"""Villages that fell silent (整村失联), and since when somebody has been listening."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from anlan.kernel.ids import LENGTH, new_id
from anlan.warn.models.alerts import Alert


class SilentVillage(models.Model):
    """One time a village showed no sign of life, called or not."""

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id)
    region = models.ForeignKey("regions.Region", models.PROTECT, related_name="+")
    #: The alert whose calls nobody answered, and its chain; null and "" where nobody was called.
    alert = models.ForeignKey(Alert, models.PROTECT, null=True, related_name="+")
    root = models.CharField(max_length=LENGTH, blank=True, default="")
    case = models.CharField(max_length=LENGTH, blank=True, default="")
    #: The last sign of life, and when the silence was found.
    since = models.DateTimeField("最后动静")
    found_at = models.DateTimeField("发现时间")
    #: What showed it: posts called, what sensors and telephones said, of how many.
    evidence: Any = models.JSONField(default=dict)
    #: The debt of the duty room above; "" where nobody sits there.
    obligation = models.CharField(max_length=LENGTH, blank=True, default="")
    #: When it was over: heard again, or the calls ended.
    over_at = models.DateTimeField(null=True)
    #: heard | ended | called: its call tells more from then on
    over_why = models.CharField(max_length=8, blank=True, default="")

    class Meta:
        verbose_name = "失联村"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["region"], condition=Q(over_at__isnull=True), name="silent_village_once"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["root", "id"], name="silent_village_root"),
            models.Index(fields=["region", "-id"], name="silent_village_region"),
        ]

    def __str__(self) -> str:
        return f"{self.region_id} {self.found_at:%Y-%m-%d %H:%M}"


class Lookout(models.Model):
    """One row: since when signs of life have been looked for without a break."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    since = models.DateTimeField()
    looked_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.since:%Y-%m-%d %H:%M}"
