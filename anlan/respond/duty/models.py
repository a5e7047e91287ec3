"""The duty log, who handed the watch over to whom, and roll calls.

The log is only added to: what was wrong in it is put right by a further entry that follows it.
"""

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from anlan.base.register.fields import CodeField
from anlan.base.vault.fields import SealedField
from anlan.kernel.ids import LENGTH, new_id


class Entry(models.Model):
    """One entry of a desk's log (值班日志). Its words are sealed: callers are named in them."""

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    region = models.ForeignKey(
        "regions.Region", models.PROTECT, related_name="+", verbose_name="值班地区"
    )
    kind = CodeField("事由", table="duty-entry-kinds")
    at = models.DateTimeField("时间")
    source = SealedField("来源", subject="seal", blank=True, default="", plain_max_length=100)
    content = SealedField("内容", subject="seal", plain_max_length=2000)
    disposal = SealedField("处置", subject="seal", blank=True, default="", plain_max_length=2000)
    instruction = SealedField("指示", subject="seal", blank=True, default="", plain_max_length=2000)
    result = SealedField("结果", subject="seal", blank=True, default="", plain_max_length=2000)
    #: Whose key seals the words: the case's, so that erasing it erases them, or the entry's own.
    seal = models.CharField(max_length=LENGTH)
    case = models.CharField(max_length=LENGTH, blank=True, default="")
    #: What it tells of: ("incident", id), ("alert", id).
    link_kind = models.CharField(max_length=20, blank=True, default="")
    link = models.CharField(max_length=LENGTH, blank=True, default="")
    #: The first entry of the matter that it goes on with, or puts right.
    follows = models.ForeignKey("self", models.PROTECT, null=True, related_name="followed")
    #: Something is still to be done about it; the watch that takes over is told.
    todo = models.BooleanField(default=False)
    #: Where the platform wrote it: what happened, so that told twice it is one entry.
    once = models.CharField(max_length=160, null=True, unique=True)  # noqa: DJ001 - null is "no key"
    by = models.CharField(max_length=40)
    noted_at = models.DateTimeField()

    class Meta:
        verbose_name = "值班日志"
        indexes: ClassVar = [
            models.Index(fields=["region", "-at"], name="duty_entry_region"),
            models.Index(fields=["region"], condition=Q(todo=True), name="duty_entry_todo"),
        ]

    def __str__(self) -> str:
        return f"{self.region_id} {self.at:%F %T} {self.kind}"


class Handover(models.Model):
    """交接班: what was open when a watch ended, as both persons saw it."""

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    region = models.ForeignKey("regions.Region", models.PROTECT, related_name="+")
    #: What was open, as `anlan.respond.duty.opened.Open`.
    items: Any = models.JSONField(default=list)
    note = SealedField("交代", subject="id", blank=True, default="", plain_max_length=2000)
    outgoing = models.CharField(max_length=40)
    outgoing_at = models.DateTimeField()
    incoming = models.CharField(max_length=40, blank=True, default="")
    incoming_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "交接班"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["region"], condition=Q(incoming_at=None), name="handover_one_open"
            ),
            models.CheckConstraint(
                condition=~Q(outgoing=F("incoming")), name="handover_between_two"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["region", "-outgoing_at"], name="handover_region")
        ]

    def __str__(self) -> str:
        return f"{self.region_id} {self.outgoing_at:%F %T}"


class RollCall(models.Model):
    """点名, 查岗: the duty rooms below are asked, and answer within some minutes or do not."""

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    region = models.ForeignKey("regions.Region", models.PROTECT, related_name="+")
    #: Level of the rooms asked, as `anlan.base.regions.models.Level`.
    level = models.PositiveSmallIntegerField()
    #: So many rooms are asked, drawn by lot; null is all of them.
    sample = models.PositiveIntegerField(null=True)
    minutes = models.PositiveSmallIntegerField()
    by = models.CharField(max_length=40)
    made_at = models.DateTimeField()
    #: A moment drawn by lot within these hours; nobody is shown it before it comes.
    planned_from = models.DateTimeField(null=True)
    planned_to = models.DateTimeField(null=True)
    planned_at = models.DateTimeField(null=True)
    called_at = models.DateTimeField(null=True)
    #: Regions of the level that have no duty post: a gap, told with the results.
    without: Any = models.JSONField(default=list)

    class Meta:
        verbose_name = "点名查岗"
        indexes: ClassVar = [
            models.Index(fields=["region", "-made_at"], name="roll_call_region"),
            models.Index(
                fields=["planned_at"],
                condition=Q(called_at=None, planned_at__isnull=False),
                name="roll_call_planned",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.region_id} {self.made_at:%F %T}"
