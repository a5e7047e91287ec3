"""Calls (叫应) of an alert: rounds of them, and what an officer did beside the ladder.

Who was called, when they answered and how far each call climbed are obligations of kind ``call``
whose subject is the round.
"""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from anlan.kernel.ids import LENGTH, new_id
from anlan.warn.models.alerts import Alert


class CallRound(models.Model):
    """One time the posts of some regions were called about one grade of an alert's chain."""

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id)
    #: The chain of alerts it belongs to.
    root = models.CharField(max_length=LENGTH)
    #: Whose words are told.
    alert = models.ForeignKey(Alert, models.PROTECT, related_name="call_rounds")
    #: Key of `callrules.RANKS`.
    grade = models.CharField("级别", max_length=4)
    number = models.PositiveSmallIntegerField("轮次")
    #: Whether everybody is called again because time passed, not because the alert changed.
    recall = models.BooleanField("重新叫应", default=False)
    #: Whether it takes the place of the chain's earlier rounds, or adds to them.
    anew = models.BooleanField(default=True)
    #: Who calls: nobody above this region is called.
    caller = models.ForeignKey("regions.Region", models.PROTECT, related_name="+")
    regions: Any = models.JSONField(default=list)
    case = models.CharField(max_length=LENGTH)
    began_at = models.DateTimeField("开始叫应")
    began_by = models.CharField(max_length=40)
    #: Posts called, and when the last of them was; null while it is still being written.
    called = models.PositiveIntegerField("叫应岗位", default=0)
    done_at = models.DateTimeField(null=True)
    #: Posts that another alert in force has called about the same, as gravely or more: they are
    #: called here once it is over.
    spared = models.PositiveIntegerField("已由另一预警叫应", default=0)
    #: When everybody is to be called again while the alert holds; null when never.
    recall_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=40, blank=True, default="")
    #: cancelled | expired | raised | recalled
    ended_why = models.CharField(max_length=12, blank=True, default="")
    #: When those who had been called were told that it is over; null when nobody has to be.
    told_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "叫应轮次"
        # Conditions are on null alone, so that SQLite uses the indexes.
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["root", "grade", "number"], name="call_round_once"),
            models.UniqueConstraint(
                fields=["alert"], condition=Q(recall=False), name="call_round_of_alert"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["root", "id"], name="call_round_root"),
            models.Index(
                fields=["root"], condition=Q(ended_at__isnull=True), name="call_round_open"
            ),
            models.Index(
                fields=["recall_at"], condition=Q(recall_at__isnull=False), name="call_round_recall"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.root} {self.grade} {self.number}"


class CallPress(models.Model):
    """One time an officer had the silent called at once, beside the ladder (一键补叫)."""

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id)
    root = models.CharField(max_length=LENGTH)
    region = models.ForeignKey("regions.Region", models.PROTECT, related_name="+")
    #: Counts within the chain; messages of one press bear it as their round.
    number = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    by = models.CharField(max_length=40)
    called = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["root", "number"], name="call_press_once")
        ]

    def __str__(self) -> str:
        return f"{self.root} {self.number}"
