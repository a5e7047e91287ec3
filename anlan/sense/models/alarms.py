"""Monitoring alarms (监测报警): one a matter, from the first value to the word on its cause."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from anlan.kernel.ids import LENGTH, new_id
from anlan.sense.models.rules import Rule
from anlan.sense.models.stations import Gateway, Station, Stream
from anlan.sense.states import LIFECYCLE


class Alarm(models.Model):
    """One alarm. A worse value worsens it, a milder one eases it; it does not breed others."""

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id)
    #: Rule and matter (station, stream, gateway or the rule as a whole).
    key = models.CharField(max_length=160)
    rule = models.ForeignKey(Rule, models.PROTECT, related_name="alarms")
    rule_version = models.PositiveIntegerField()
    station = models.ForeignKey(Station, models.PROTECT, null=True, related_name="alarms")
    gateway = models.ForeignKey(Gateway, models.PROTECT, null=True, related_name="alarms")
    #: Whose value is the worst now; None for a combination of several.
    stream = models.ForeignKey(Stream, models.PROTECT, null=True, related_name="alarms")
    region = models.ForeignKey("regions.Region", models.PROTECT, related_name="+")
    hazard = models.CharField("灾种", max_length=40, blank=True)
    #: What is the matter, as one says it aloud.
    title = models.CharField("报警内容", max_length=200)
    #: The place in words.
    place = models.CharField("地点", max_length=120)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)

    #: 1 red (the worst) to 4 blue; None when the rule gives none.
    level = models.PositiveSmallIntegerField("级别", null=True)
    worst = models.PositiveSmallIntegerField("最高级别", null=True)
    value = models.FloatField("数值", null=True)
    limit = models.FloatField("限值", null=True)
    #: Furthest beyond the limit while it stood, of rules on single values; None until looked up.
    peak = models.FloatField("极值", null=True)
    unit = models.CharField("单位", max_length=16, blank=True)
    #: Watches of this matter: key -> [1 in | 0 out, milliseconds, value, level, limit, stream].
    watches: Any = models.JSONField(default=dict)
    #: What it says for others while it stands: "matter watch" -> what is held back; None: nothing.
    held: Any = models.JSONField(null=True)

    state = models.CharField(
        "状态", max_length=12, choices=LIFECYCLE.choices(), default=LIFECYCLE.initial
    )
    #: When the value was measured that raised it.
    raised_at = models.DateTimeField("报警时间")
    #: When it took its present level.
    level_at = models.DateTimeField("级别时间")
    #: When it became known here; the difference is what the way cost.
    heard_at = models.DateTimeField("收到时间")
    cleared_at = models.DateTimeField("解除时间", null=True)
    closed_at = models.DateTimeField("销号时间", null=True)
    closed_by = models.CharField("销号人", max_length=40, blank=True, default="")
    acknowledged_at = models.DateTimeField("确认时间", null=True)
    acknowledged_by = models.CharField("确认人", max_length=40, blank=True, default="")
    #: Code of ``alarm-causes``; "" while nobody has said.
    cause = models.CharField("原因", max_length=20, blank=True, default="")
    cause_note = models.CharField("原因说明", max_length=300, blank=True, default="")
    cause_at = models.DateTimeField("定性时间", null=True)
    cause_by = models.CharField("定性人", max_length=40, blank=True, default="")
    #: While this lies ahead, the alarm makes no noise and does not climb.
    shelved_until = models.DateTimeField("搁置至", null=True)
    #: How often it came back shortly after it had cleared.
    flaps = models.PositiveIntegerField("反复次数", default=0)
    case = models.CharField(max_length=LENGTH)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = "监测报警"
        # Conditions are on null alone, so that SQLite uses the indexes.
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["key"], condition=Q(cleared_at__isnull=True), name="alarm_once"
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["region", "-id"], condition=Q(closed_at__isnull=True), name="alarm_open"
            ),
            models.Index(
                fields=["shelved_until"],
                condition=Q(shelved_until__isnull=False),
                name="alarm_shelved",
            ),
            models.Index(fields=["cleared_at"], condition=Q(held__isnull=False), name="alarm_held"),
            models.Index(
                fields=["cleared_at"],
                condition=Q(cleared_at__isnull=False, peak__isnull=True),
                name="alarm_peakless",
            ),
            models.Index(fields=["key", "-id"], name="alarm_key"),
            models.Index(fields=["region", "-id"], name="alarm_region"),
            models.Index(fields=["station", "-id"], name="alarm_station"),
            models.Index(fields=["raised_at"], name="alarm_raised"),
            models.Index(fields=["case"], name="alarm_case"),
        ]

    def __str__(self) -> str:
        return self.title


class Shelving(models.Model):
    """A matter set aside until a time, and why; it holds for what the matter raises meanwhile."""

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id)
    key = models.CharField(max_length=160)
    alarm = models.ForeignKey(Alarm, models.CASCADE, related_name="shelvings")
    reason = models.CharField("理由", max_length=300)
    at = models.DateTimeField()
    by = models.CharField(max_length=40)
    until = models.DateTimeField("搁置至")
    #: When somebody took it back, or its time was over.
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["key"], condition=Q(ended_at__isnull=True), name="shelving_key")
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.until:%Y-%m-%d %H:%M}"


class Maintenance(models.Model):
    """检修: a time in which what a stream, a station or a gateway says raises no alarm."""

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id)
    region = models.ForeignKey("regions.Region", models.PROTECT, related_name="+")
    gateway = models.ForeignKey(Gateway, models.PROTECT, null=True, related_name="+")
    station = models.ForeignKey(Station, models.PROTECT, null=True, related_name="+")
    stream = models.ForeignKey(Stream, models.PROTECT, null=True, related_name="+")
    reason = models.CharField("事由", max_length=300)
    starts = models.DateTimeField("开始")
    ends = models.DateTimeField("结束")
    at = models.DateTimeField()
    by = models.CharField(max_length=40)
    #: Ended before its time, or never begun.
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        verbose_name = "检修"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends__gt=models.F("starts")), name="maintenance_ends_after_it_began"
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["ends"], condition=Q(ended_at__isnull=True), name="maintenance_ends"
            )
        ]

    def __str__(self) -> str:
        return self.reason
