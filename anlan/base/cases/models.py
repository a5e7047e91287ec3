"""The case: what joins every alarm, alert, incident, task and loss report of one matter."""

from typing import ClassVar

from django.db import models

from anlan.kernel.ids import LENGTH, new_id


class Case(models.Model):
    """One matter. Whoever raises its first fact mints it; merging points at the parent."""

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    #: What makes a second call the same matter ("alarm:STREAM:RULE:day"); "" never matches.
    key = models.CharField(max_length=160, blank=True)
    hazard = models.CharField("灾种", max_length=40, blank=True)
    region = models.ForeignKey(
        "regions.Region", models.PROTECT, related_name="+", verbose_name="地区"
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children",
        verbose_name="并入",
    )  # fmt: skip
    title = models.CharField("名称", max_length=200)
    opened_at = models.DateTimeField("开始时间")
    closed_at = models.DateTimeField("结束时间", null=True)

    class Meta:
        verbose_name = "事件"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["key"], condition=models.Q(closed_at=None) & ~models.Q(key=""),
                name="case_open_once",
            ),
            models.CheckConstraint(
                condition=~models.Q(parent=models.F("id")), name="case_not_its_own_parent"
            ),
        ]  # fmt: skip
        indexes: ClassVar = [
            models.Index(fields=["region", "opened_at"], name="case_region"),
            models.Index(
                fields=["opened_at"], condition=models.Q(closed_at=None), name="case_open"
            ),
        ]

    def __str__(self) -> str:
        return self.title
