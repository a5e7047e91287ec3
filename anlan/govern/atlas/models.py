"""Views of the map that somebody saved under a name."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from anlan.kernel.ids import LENGTH, new_id


class SavedView(models.Model):
    """Where one looks and at what: what the address of the page says, under a name.

    It holds no data: whoever opens it sees of it what they may see.
    """

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    name = models.CharField("名称", max_length=60)
    #: What stands after the question mark: centre, zoom, layers, time.
    query = models.CharField("视图", max_length=2000)
    owner = models.ForeignKey("permissions.User", models.CASCADE, related_name="+")
    region = models.ForeignKey("regions.Region", models.PROTECT, null=True, related_name="+")
    #: Shown to everybody of the region and below, not only to its owner.
    shared = models.BooleanField("本辖区共用", default=False)
    saved_at = models.DateTimeField("保存时间")

    class Meta:
        verbose_name = "地图视图"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "name"], name="map_view_named_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["region"], condition=Q(shared=True), name="map_view_shared")
        ]

    def __str__(self) -> str:
        return self.name
