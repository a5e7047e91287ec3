"""How declared channels fare, and which process sends."""

from django.db import models

from anlan.kernel.ids import LENGTH, new_id


class CarrierState(models.Model):
    """What happened with a declared channel lately; the declaration itself is a file."""

    key = models.CharField(primary_key=True, max_length=40)
    #: Failures in a row; past a few of them it is left alone until `again_at`.
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    again_at = models.DateTimeField(null=True)
    last_ok_at = models.DateTimeField(null=True)
    last_error_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"{self.key} {self.failures}"


class Sender(models.Model):
    """A sending process. Real time: what a dead one held is unknown, not sent."""

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id)
    host = models.CharField(max_length=128)
    pid = models.PositiveIntegerField()
    #: When the kernel started the process: process ids come again.
    born = models.BigIntegerField()
    beat_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.host}:{self.pid}"
