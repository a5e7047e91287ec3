"""Files of old observations that somebody brought: looked at first, stored when they accept."""

from typing import Any, ClassVar

from django.db import models

from anlan.kernel.ids import LENGTH, new_id


class Backfill(models.Model):
    """One file (补录). Its observations lie in the store; here is what became of them."""

    class State(models.TextChoices):
        """Where it stands."""

        READING = "reading", "正在检查"
        CHECKED = "checked", "待确认"
        WRITING = "writing", "正在写入"
        DONE = "done", "已写入"
        FAILED = "failed", "没有成功"
        DISCARDED = "discarded", "已放弃"

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    name = models.CharField(max_length=200)
    #: Relative to the workspace; deleted when it is over.
    path = models.CharField(max_length=300)
    #: Where the clock hangs whose times have no zone of their own.
    zone = models.CharField(max_length=64)
    region = models.CharField(max_length=15, blank=True, default="")
    by = models.CharField(max_length=40)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.READING)
    job = models.CharField(max_length=LENGTH, blank=True, default="")
    rows = models.PositiveIntegerField(default=0)
    #: Rows that may be stored, as far as the look at it says.
    good = models.PositiveIntegerField(default=0)
    #: Rows done; where writing goes on after it was cut off.
    written = models.PositiveIntegerField(default=0)
    accepted = models.PositiveIntegerField(default=0)
    duplicates = models.PositiveIntegerField(default=0)
    late = models.PositiveIntegerField(default=0)
    #: Older than single values are kept: only the hours of these stay for long.
    outlived = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    #: Streams in it, and the span of its times.
    streams = models.PositiveIntegerField(default=0)
    since = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    #: ``[{row, stream, sent, time, value}]``: some rows as they were understood.
    sample: Any = models.JSONField(default=list)
    #: ``[{row, column, value, reason}]``, the first ten thousand.
    troubles: Any = models.JSONField(default=list)
    error = models.TextField(blank=True, default="")

    class Meta:
        verbose_name = "补录"
        indexes: ClassVar = [
            models.Index(fields=["region", "-id"], name="backfill_region"),
            models.Index(fields=["by", "-id"], name="backfill_by"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.state}"
