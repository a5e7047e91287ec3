"""Reviews of responses that ended, and the lessons noted in them."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from anlan.base.obligations.models import Obligation
from anlan.kernel.ids import LENGTH, new_id
from anlan.learn.states import ABOUT, LINKS, OPEN, STATES
from anlan.respond.responses.models import Response


class Review(models.Model):
    """The review (复盘评估) of one response."""

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    response = models.OneToOneField(Response, models.PROTECT, related_name="review")
    title = models.CharField("名称", max_length=120)
    region = models.ForeignKey("regions.Region", models.PROTECT, related_name="+")
    case = models.CharField(max_length=LENGTH)
    state = models.CharField(
        "状态", max_length=10, choices=[(key, zh) for key, (zh, _) in STATES.items()], default=OPEN
    )
    opened_at = models.DateTimeField("开始时间")
    due_at = models.DateTimeField("应完成时间")
    #: Obligation of whoever has to finish it; "" where there is nobody.
    obligation = models.CharField(max_length=LENGTH, blank=True, default="")
    conclusion = models.TextField("结论", max_length=8000, blank=True, default="")
    #: Counts changes of the conclusion: whoever writes says which one they saw.
    turn = models.PositiveIntegerField(default=1)
    #: The delays as they were when it was finished, so that what was concluded can be proved.
    measured: Any = models.JSONField(null=True)
    finished_at = models.DateTimeField("完成时间", null=True)
    finished_by = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        verbose_name = "复盘评估"
        indexes: ClassVar = [models.Index(fields=["region", "-id"], name="review_region")]

    def __str__(self) -> str:
        return self.title


class Lesson(models.Model):
    """One thing a review found, and what is to be done about it by whom."""

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    review = models.ForeignKey(Review, models.CASCADE, related_name="lessons")
    about = models.CharField(
        "方面", max_length=10, choices=[(k, zh) for k, (zh, _) in ABOUT.items()]
    )
    found = models.CharField("问题", max_length=1000)
    advice = models.CharField("改进措施", max_length=1000)
    #: The link of the chain it was seen in, and the step of the plan, where it is about one.
    link = models.CharField(
        "环节", max_length=10, choices=[(k, zh) for k, (zh, _) in LINKS.items()], blank=True,
        default="",
    )  # fmt: skip
    step = models.CharField("预案步骤", max_length=64, blank=True, default="")
    #: Who is to act, by when; owed from the moment the review is finished.
    post = models.ForeignKey("people.Post", models.PROTECT, null=True, related_name="+")
    due_on = models.DateField("整改期限", null=True)
    obligation = models.ForeignKey(Obligation, models.PROTECT, null=True, related_name="+")
    #: The plan is asked for a revision once the review is finished; which version cites it then.
    revise = models.BooleanField("要求修订预案", default=False)
    revision = models.PositiveIntegerField(null=True)
    noted_at = models.DateTimeField()
    noted_by = models.CharField(max_length=40)
    struck_at = models.DateTimeField(null=True)
    #: Chosen by the page: pressing twice is one lesson.
    once = models.CharField(max_length=80, null=True)  # noqa: DJ001 - null is "no key"

    class Meta:
        verbose_name = "复盘意见"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["review", "once"], name="lesson_once"),
            models.CheckConstraint(
                condition=Q(post=None, due_on=None) | Q(post__isnull=False, due_on__isnull=False),
                name="lesson_owed_by_a_day",
            ),
        ]

    def __str__(self) -> str:
        return self.found
