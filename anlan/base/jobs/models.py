"""Work that outlives the request which asked for it, schedules, and who is working.

Leases and heartbeats run on real time; `run_at` and `due_at` follow the workspace's clock.
"""

from django.db import models
from django.db.models import Q

from anlan.kernel.ids import LENGTH, new_id


class Job(models.Model):
    """One piece of work."""

    class State(models.TextChoices):
        """Where a job stands."""

        WAITING = "waiting", "等待"
        RUNNING = "running", "进行中"
        DONE = "done", "已完成"
        FAILED = "failed", "失败"
        DROPPED = "dropped", "已放弃"

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id)
    key = models.CharField(max_length=64)
    args = models.JSONField(default=dict)
    #: At most one waiting or running job has this text within its key; "" is no limit.
    unique = models.CharField(max_length=160, blank=True)
    by = models.CharField(max_length=40)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    run_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    holder = models.CharField(max_length=LENGTH, blank=True)
    lease_until = models.DateTimeField(null=True)
    #: 0..1; None when the job does not tell.
    progress = models.FloatField(null=True)
    result = models.JSONField(null=True)
    error = models.TextField(blank=True)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("key", "unique"),
                condition=Q(state__in=("waiting", "running")) & ~Q(unique=""),
                name="job_once",
            ),
        )
        indexes = (
            models.Index(fields=("run_at",), condition=Q(state="waiting"), name="job_waiting"),
            models.Index(fields=("lease_until",), condition=Q(state="running"), name="job_leases"),
            models.Index(fields=("ended_at",), name="job_ended"),
        )

    def __str__(self) -> str:
        return f"{self.key} {self.state}"


class Schedule(models.Model):
    """When a repeated job is due next."""

    key = models.CharField(primary_key=True, max_length=64)
    due_at = models.DateTimeField()
    last_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.key} {self.due_at:%Y-%m-%d %H:%M:%S}"


class Worker(models.Model):
    """A worker process and its last sign of life."""

    id = models.CharField(primary_key=True, max_length=LENGTH)
    host = models.CharField(max_length=128)
    pid = models.PositiveIntegerField()
    leader = models.BooleanField(default=False)
    started_at = models.DateTimeField()
    beat_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.host}:{self.pid}"
