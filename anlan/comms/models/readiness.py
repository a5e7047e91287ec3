"""Testing before the night comes: whether the numbers on file still reach anybody."""

from typing import Any

from django.db import models

from anlan.kernel.ids import LENGTH, new_id


class ReadinessPlan(models.Model):
    """A test that comes again and again (畅通性测试)."""

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id)
    title = models.CharField("名称", max_length=60)
    region = models.CharField(max_length=15)
    #: Codes of posts whose holders are tried; empty is every post.
    roles: Any = models.JSONField(default=list)
    channel = models.CharField(max_length=40)
    every_days = models.PositiveSmallIntegerField()
    next_at = models.DateTimeField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=40)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=("next_at",), name="readiness_next"),)

    def __str__(self) -> str:
        return self.title


class Readiness(models.Model):
    """One test: everybody a message, and who could not be reached is a list."""

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id)
    plan = models.ForeignKey(
        ReadinessPlan, on_delete=models.PROTECT, null=True, related_name="runs"
    )
    title = models.CharField("名称", max_length=60)
    region = models.CharField(max_length=15)
    roles: Any = models.JSONField(default=list)
    channel = models.CharField(max_length=40)
    began_at = models.DateTimeField()
    began_by = models.CharField(max_length=40)
    #: When whatever is not proved by then counts as not reached.
    closes_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    #: Posts nobody holds at the time, by id: they cannot even be tried.
    vacant: Any = models.JSONField(default=list)

    class Meta:
        indexes = (models.Index(fields=("-began_at",), name="readiness_began"),)

    def __str__(self) -> str:
        return self.title
