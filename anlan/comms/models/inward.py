"""What comes in: replies of people, and what no message of ours belongs to."""

from typing import Any

from django.db import models
from django.db.models import Q

from anlan.base.vault.fields import SealedField
from anlan.kernel.ids import LENGTH, new_id


class Reply(models.Model):
    """Words somebody sent back. What is doubtful waits for an officer (`settled_at` null)."""

    class Read(models.TextChoices):
        """How the words were taken."""

        ANSWER = "answer", "应答"
        DOUBTFUL = "doubtful", "看不准"
        UNKNOWN_NUMBER = "stranger", "号码不在册"
        NOTHING_OPEN = "nothing", "没有待应答的事项"

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id)
    carrier = models.CharField(max_length=40)
    #: The carrier's own id of it, so that one told twice is one; null when it tells none.
    ticket = models.CharField(max_length=64, null=True)  # noqa: DJ001 - null is "no id"
    at = models.DateTimeField()
    received_at = models.DateTimeField()
    person = models.CharField(max_length=LENGTH, blank=True)
    phone = models.CharField(max_length=LENGTH, blank=True)
    #: The number, kept only when nobody of ours has it: else it is the phone's.
    number = SealedField(subject="seal_subject", blank=True, default="")
    text = SealedField(subject="seal_subject", blank=True, default="")
    read = models.CharField(max_length=10, choices=Read.choices)
    #: The message it answers, when one was found; and where the answer was taken down.
    message = models.CharField(max_length=LENGTH, blank=True)
    purpose_kind = models.CharField(max_length=24, blank=True)
    purpose = models.CharField(max_length=64, blank=True)
    region = models.CharField(max_length=15, blank=True)
    #: The codes the words were taken for.
    answers: Any = models.JSONField(default=dict)
    #: When nothing more was to be done with it: at once for an answer, else by an officer.
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=40, blank=True)

    class Meta:
        verbose_name_plural = "replies"
        constraints = (models.UniqueConstraint(fields=("carrier", "ticket"), name="reply_once"),)
        indexes = (
            models.Index(fields=("-id",), condition=Q(settled_at=None), name="reply_open"),
            models.Index(fields=("person", "-id"), name="reply_person"),
        )

    def __str__(self) -> str:
        return f"{self.carrier} {self.read}"

    @property
    def seal_subject(self) -> str:
        """Whose key seals the words: the person's, or the reply's own."""
        return self.person or self.id


class Stray(models.Model):
    """A receipt no attempt was found for: looked for again for a while, then shown."""

    carrier = models.CharField(max_length=40)
    ticket = models.CharField(max_length=64)
    #: The phone it spoke of, when its number is somebody's of ours.
    phone = models.CharField(max_length=LENGTH, blank=True)
    receipt = models.CharField(max_length=10)
    code = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()
    received_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("received_at",), name="stray_received"),)

    def __str__(self) -> str:
        return f"{self.carrier} {self.ticket} {self.receipt}"
