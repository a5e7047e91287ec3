"""Facts waiting to be told, and to whom each has been told."""

from django.db import models
from django.db.models import Q

from anlan.kernel.ids import LENGTH


class Event(models.Model):
    """One fact, written in the transaction that made it true."""

    kind = models.CharField(max_length=80)
    case = models.CharField(max_length=LENGTH, blank=True)
    #: The event's values as JSON.
    body = models.TextField()
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class Delivery(models.Model):
    """One handler's copy of an event. Order is kept per (case, handler)."""

    class State(models.TextChoices):
        """Where a delivery stands."""

        DUE = "due", "待投递"
        DONE = "done", "已完成"
        PARKED = "parked", "已搁置"
        DROPPED = "dropped", "已放弃"

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="deliveries")
    handler = models.CharField(max_length=160)
    case = models.CharField(max_length=LENGTH, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.DUE)
    tries = models.PositiveSmallIntegerField(default=0)
    #: Real time before which nobody takes it: the next try after a failure, or a worker's lease.
    not_before = models.DateTimeField()
    #: The worker that holds the lease; "" when nobody does.
    holder = models.CharField(max_length=LENGTH, blank=True)
    error = models.TextField(blank=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "deliveries"
        indexes = (
            models.Index(fields=("id",), condition=Q(state="due"), name="delivery_due"),
            models.Index(
                fields=("handler", "case", "id"), condition=Q(state="due"), name="delivery_lane"
            ),
            models.Index(
                fields=("state", "id"), condition=Q(state="parked"), name="delivery_parked"
            ),
        )

    def __str__(self) -> str:
        return f"{self.handler} {self.state}"
