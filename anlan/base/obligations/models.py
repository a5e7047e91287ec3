"""What is owed: obligations, the rungs they climbed, and every step anybody took."""

from typing import Any

from django.db import models
from django.db.models import Q

from anlan.base.obligations.states import LIFECYCLE
from anlan.base.vault.fields import SealedField
from anlan.kernel.ids import LENGTH, new_id


class Obligation(models.Model):
    """Someone owes something by a time."""

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id)
    kind = models.CharField("种类", max_length=40)
    title = models.CharField("标题", max_length=200)
    #: What exactly is asked; sealed with the key of the case, so that erasing the case erases it.
    body = SealedField("内容", subject="seal_subject", blank=True, default="")
    subject_kind = models.CharField(max_length=40, blank=True, default="")
    subject = models.CharField(max_length=64, blank=True, default="")
    case = models.CharField(max_length=LENGTH, blank=True, default="")
    region = models.ForeignKey("regions.Region", on_delete=models.PROTECT, related_name="+")
    debtor = models.ForeignKey("people.Post", on_delete=models.PROTECT, related_name="+")
    #: The same debt asked twice is one; null for debts that may repeat.
    once = models.CharField(max_length=160, null=True, unique=True)  # noqa: DJ001 - null is "no key"

    state = models.CharField("状态", max_length=12, choices=LIFECYCLE.choices(), default="issued")
    ladder = models.CharField(max_length=40)
    #: How many rungs have been taken.
    rung = models.PositiveSmallIntegerField(default=0)
    #: When the next rung is due; null when paused, closed or at the ladder's end.
    climb_at = models.DateTimeField(null=True)

    issued_at = models.DateTimeField()
    issued_by = models.CharField(max_length=40)
    answer_due = models.DateTimeField(null=True)
    done_due = models.DateTimeField(null=True)
    reached_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    reported_at = models.DateTimeField(null=True)
    verified_at = models.DateTimeField(null=True)
    #: When it was struck off or withdrawn; null while something is owed.
    closed_at = models.DateTimeField(null=True)
    #: When the deadline that counts now passes; null when none does, or when it has passed.
    lapse_at = models.DateTimeField(null=True)
    #: First moment a deadline passed unanswered (逾期); kept when the answer comes late.
    lapsed_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)

    #: A wish waiting for approval: "extend", "pause" or "".
    wish = models.CharField(max_length=8, blank=True, default="")
    wish_until = models.DateTimeField(null=True)
    wish_by = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        # Conditions are on null alone: of a list of states, given as parameters, SQLite cannot
        # prove that the index holds what is asked for, and reads the whole table.
        indexes = (
            models.Index(
                fields=("climb_at",), condition=Q(climb_at__isnull=False), name="ob_climb"
            ),
            models.Index(
                fields=("lapse_at",), condition=Q(lapse_at__isnull=False), name="ob_lapse"
            ),
            models.Index(fields=("debtor", "-id"), condition=Q(closed_at=None), name="ob_debtor"),
            models.Index(fields=("region", "-id"), condition=Q(closed_at=None), name="ob_region"),
            models.Index(fields=("case", "id"), condition=~Q(case=""), name="ob_case"),
            models.Index(fields=("subject_kind", "subject"), name="ob_subject"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.title} {self.state}"

    @property
    def seal_subject(self) -> str:
        """Whose key seals the texts: the case's, or the obligation's own."""
        return self.case or self.id


class Rung(models.Model):
    """One rung taken: who was turned to, how, when."""

    obligation = models.ForeignKey(Obligation, on_delete=models.CASCADE, related_name="rungs")
    number = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    whom = models.CharField(max_length=20)
    #: None is a visible gap: the ladder names somebody who does not exist here.
    #: Found by `rung_post`: an index of the key alone would be one more to write.
    post = models.ForeignKey(
        "people.Post", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    channels: Any = models.JSONField(default=list)

    class Meta:
        indexes = (models.Index(fields=("post", "obligation"), name="rung_post"),)

    def __str__(self) -> str:
        return f"{self.obligation_id} {self.number} {self.whom}"


class Step(models.Model):
    """One deed on an obligation, with what was said."""

    #: Found by `step_obligation`, likewise.
    obligation = models.ForeignKey(
        Obligation, on_delete=models.CASCADE, related_name="steps", db_index=False
    )
    at = models.DateTimeField()
    verb = models.CharField(max_length=12)
    by = models.CharField(max_length=40)
    #: Done by an officer for the debtor, not by the debtor (代为签收).
    on_behalf = models.BooleanField(default=False)
    text = SealedField(blank=True, default="")
    #: Answers to the kind's form that are codes or numbers, never personal.
    answers: Any = models.JSONField(default=dict)

    class Meta:
        indexes = (models.Index(fields=("obligation", "id"), name="step_obligation"),)

    def __str__(self) -> str:
        return f"{self.obligation_id} {self.verb}"
