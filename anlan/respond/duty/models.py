"""The duty log, who handed the watch over to whom, and roll calls with their standing schedule.

The log is only added to: what was wrong in it is put right by a further entry that follows it.
"""

from datetime import datetime, time
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from anlan.base.register.fields import CodeField, CountField
from anlan.base.register.indexes import listing
from anlan.base.register.models import Row
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


#: Levels whose rooms may be asked, as the code table ``post-levels`` names them.
ROLL_LEVELS = {"township": 4, "village": 5}
#: More clock times or lots a day than this are no roll call any more.
MOST_A_DAY = 12


class RollPlan(Row):
    """A standing roll call (定时点名): on which days, at which clock times, or by lot between two.

    Whoever changed it last stands behind what it calls.
    """

    code = models.CharField("编号", max_length=32)
    title = models.CharField("名称", max_length=60)
    level = CodeField("点哪一级", table="post-levels", default="township", max_length=12)
    days = CodeField("哪些日子", table="roll-days", default="daily", max_length=12)
    times = models.CharField(
        "钟点",
        max_length=80,
        blank=True,
        default="08:30",
        help_text="如 08:30、16:00、21:30，可以不写",
    )
    lot_from = models.CharField("随机时段从", max_length=5, blank=True, help_text="如 22:00")
    lot_to = models.CharField("随机时段到", max_length=5, blank=True, help_text="可以过零点")
    lots = CountField("随机几次", unit="次", high=MOST_A_DAY)
    #: None is the ladder's own time.
    minutes = CountField("几分钟内应答", unit="分钟", high=120)
    sample = CountField("抽几个", unit="个", help_text="不写就是全部")

    class Meta:
        verbose_name = "定时点名"
        constraints: ClassVar = [models.UniqueConstraint(fields=["code"], name="roll_plan_code")]
        indexes = listing("roll_plan")

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        """Refuse hours that are none, half a span, and a schedule that names no moment."""
        super().clean()
        errors: dict[str, str] = {}
        hours = self.clock_times()
        if any(hour_of(one) is None for one in hours) or len(hours) > MOST_A_DAY:
            errors["times"] = f"应如 08:30、16:00，最多 {MOST_A_DAY} 个"
        span = (self.lot_from.strip(), self.lot_to.strip())
        if any(span) and (None in map(hour_of, span) or span[0] == span[1]):
            errors["lot_from"] = "随机时段起止都要写，如 22:00 和 06:00"
        if not hours and not any(span):
            errors["times"] = "请写钟点，或写随机时段"
        if self.level not in ROLL_LEVELS:
            errors["level"] = "只能点乡镇街道或村社"
        if self.minutes == 0:
            errors["minutes"] = "应为 1 到 120 分钟"
        if self.sample == 0 or (any(span) and self.lots == 0):
            errors["sample" if self.sample == 0 else "lots"] = "至少一个"
        if errors:
            raise ValidationError(errors)

    def clock_times(self) -> list[str]:
        """List the clock times as they are written."""
        parts = self.times
        for mark in "，,；; ":
            parts = parts.replace(mark, "、")
        return [one for one in parts.split("、") if one]


def hour_of(text: str) -> time | None:
    """Read ``08:30``; None where it is no hour of the day."""
    try:
        return datetime.strptime(text.replace("：", ":"), "%H:%M").time()  # noqa: DTZ007 - an hour
    except ValueError:
        return None


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
    #: The standing roll call it belongs to, and which of its moments it is.
    plan = models.ForeignKey(RollPlan, models.PROTECT, null=True, related_name="+")
    slot = models.CharField(max_length=24, blank=True, default="")
    #: Why nobody was asked though the moment came; "" while nothing stood in the way.
    trouble = models.CharField(max_length=200, blank=True, default="")
    #: Regions of the level that have no duty post: a gap, told with the results.
    without: Any = models.JSONField(default=list)

    class Meta:
        verbose_name = "点名查岗"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["plan", "slot"], condition=Q(plan__isnull=False), name="roll_call_slot_once"
            )
        ]
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
