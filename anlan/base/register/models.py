"""What every row of every register has; the rows themselves live with their modules."""

from django.core.exceptions import ValidationError
from django.db import models

from anlan.kernel.ids import LENGTH, new_id


class Row(models.Model):
    """One thing that exists. Deleting is retiring, so that old incidents still point at it."""

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    region = models.ForeignKey(
        "regions.Region", on_delete=models.PROTECT, related_name="+", verbose_name="所在地区"
    )
    version = models.PositiveIntegerField("版本", default=1, editable=False)
    created_at = models.DateTimeField("建立时间", editable=False)
    changed_at = models.DateTimeField("修改时间", editable=False)
    changed_by = models.CharField("修改人", max_length=40, editable=False)
    reviewed_at = models.DateTimeField("确认时间", null=True, editable=False)
    retired_at = models.DateTimeField("停用时间", null=True, editable=False)

    class Meta:
        abstract = True


class Located(models.Model):
    """A row with a point: WGS-84 degrees, and the H3 cell for heat and aggregation."""

    lon = models.FloatField("经度", null=True, blank=True)
    lat = models.FloatField("纬度", null=True, blank=True)
    cell = models.BigIntegerField("网格", null=True, editable=False)

    class Meta:
        abstract = True

    def clean(self) -> None:
        """Refuse half a point, impossible degrees, and (0, 0), which is a form left blank."""
        super().clean()
        lon, lat = self.lon, self.lat
        if (lon is None) != (lat is None):
            raise ValidationError(
                {"lat" if lat is None else "lon": "经度和纬度要么都填，要么都不填"}
            )
        if lon is None or lat is None:
            return
        if not (-180 <= lon <= 180 and -90 <= lat <= 90) or lon == lat == 0:
            raise ValidationError({"lon": f"坐标 {lon}, {lat} 超出经纬度范围，请核对是否颠倒"})


class Import(models.Model):
    """A sheet somebody brought: read and checked first, written only when they accept."""

    class State(models.TextChoices):
        """Where an import stands."""

        READING = "reading", "正在检查"
        CHECKED = "checked", "待确认"
        WRITING = "writing", "正在写入"
        DONE = "done", "已写入"
        FAILED = "failed", "无法读取"
        DISCARDED = "discarded", "已放弃"

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id)
    register = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    #: Relative to the workspace; deleted when the import is over.
    path = models.CharField(max_length=300)
    by = models.CharField(max_length=40)
    at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.READING)
    job = models.CharField(max_length=LENGTH, blank=True, default="")
    rows = models.PositiveIntegerField(default=0)
    good = models.PositiveIntegerField(default=0)
    bad = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    #: ``[{row, column, value, reason}]``; may quote personal values, so it goes with the file.
    troubles = models.JSONField(default=list)
    error = models.TextField(blank=True, default="")

    class Meta:
        indexes = (models.Index(fields=("by", "-id"), name="import_by"),)

    def __str__(self) -> str:
        return f"{self.register} {self.name} {self.state}"
