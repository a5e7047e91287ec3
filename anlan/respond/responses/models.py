"""Proposals, responses with their turns, the steps that began and who owes them, and orders."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from anlan.base.obligations.models import Obligation
from anlan.base.vault.fields import SealedField
from anlan.kernel.ids import LENGTH, new_id
from anlan.plans.models import Plan
from anlan.respond.responses.states import OPEN, PROPOSAL, TURNS


class Response(models.Model):
    """One response (应急响应) by a plan, from its start to its end."""

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="+", verbose_name="预案")
    #: Version of the plan it runs by from beginning to end.
    version = models.PositiveIntegerField("预案版本")
    #: Key of the response and of its stage in the plan.
    key = models.CharField(max_length=40)
    title = models.CharField("名称", max_length=100)
    stage = models.CharField(max_length=40)
    stage_title = models.CharField("阶段", max_length=100)
    level = models.PositiveSmallIntegerField("级别", null=True)
    #: The gravest level it had.
    worst = models.PositiveSmallIntegerField("最高级别", null=True)
    #: Where its stage stands among those of the plan, the mildest first.
    place = models.PositiveSmallIntegerField()
    hazards: Any = models.JSONField(default=list)
    #: The narrowest region that holds all of `regions`.
    region = models.ForeignKey("regions.Region", models.PROTECT, related_name="+")
    regions: Any = models.JSONField(default=list)
    case = models.CharField(max_length=LENGTH)
    #: ``landfall``, ``water``, ``wind`` or ``night``; when, as far as anybody knows.
    expects = models.CharField(max_length=12)
    expected_at = models.DateTimeField("预计时间", null=True)
    started_at = models.DateTimeField("启动时间")
    started_by = models.CharField(max_length=40)
    ended_at = models.DateTimeField("结束时间", null=True)
    ended_by = models.CharField(max_length=40, blank=True, default="")
    #: Counts turns: whoever decides on what they saw says which one that was.
    turn = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = "应急响应"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["plan", "key"], condition=Q(ended_at=None), name="response_runs_once"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["region", "-id"], name="response_region"),
            models.Index(fields=["case"], name="response_case"),
        ]

    def __str__(self) -> str:
        return self.stage_title


class Turn(models.Model):
    """One turn of a response: started, raised, lowered, ended; who decided, and how it was said."""

    response = models.ForeignKey(Response, models.CASCADE, related_name="turns")
    number = models.PositiveIntegerField()
    verb = models.CharField(max_length=8, choices=[(key, zh) for key, (zh, _) in TURNS.items()])
    at = models.DateTimeField()
    #: Who did it, or wrote down what was decided by word of mouth.
    by = models.CharField(max_length=40)
    stage_was = models.CharField(max_length=40, blank=True, default="")
    stage = models.CharField(max_length=40)
    level = models.PositiveSmallIntegerField(null=True)
    reason = models.CharField("说明", max_length=300, blank=True, default="")
    #: The post in whose right it was decided.
    post = models.ForeignKey("people.Post", models.PROTECT, null=True, related_name="+")
    #: Decided by word of mouth: by whom, on which telephone, when.
    oral = models.BooleanField("口头", default=False)
    person = models.ForeignKey("people.Person", models.PROTECT, null=True, related_name="+")
    phone = models.ForeignKey("people.Phone", models.PROTECT, null=True, related_name="+")
    #: Any other telephone it was said on, as it was typed.
    number_said = SealedField(subject="person_id", blank=True, default="", plain_max_length=20)
    said_at = models.DateTimeField(null=True)
    #: When whoever decided by word of mouth signed; null while that is owed.
    signed_at = models.DateTimeField(null=True)
    signed_by = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["response", "number"], name="response_turn_once")
        ]

    def __str__(self) -> str:
        return f"{self.response_id} {self.number} {self.verb}"


class Proposal(models.Model):
    """What the situation asks for by a plan; it starts nothing, a person does or declines."""

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()
    key = models.CharField(max_length=40)
    title = models.CharField(max_length=100)
    stage = models.CharField(max_length=40)
    stage_title = models.CharField("阶段", max_length=100)
    level = models.PositiveSmallIntegerField("级别", null=True)
    place = models.PositiveSmallIntegerField()
    region = models.ForeignKey("regions.Region", models.PROTECT, related_name="+")
    state = models.CharField(
        "状态", max_length=10, choices=[(key, zh) for key, (zh, _) in PROPOSAL.items()],
        default=OPEN,
    )  # fmt: skip
    #: `selectors.asking.Reason` of the stage and of the milder ones, the gravest first.
    reasons: Any = models.JSONField(default=list)
    made_at = models.DateTimeField("提出时间")
    #: When what it says changed last.
    changed_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=40, blank=True, default="")
    note = models.CharField("理由", max_length=300, blank=True, default="")
    response = models.ForeignKey(Response, models.PROTECT, null=True, related_name="proposals")

    class Meta:
        verbose_name = "响应建议"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["plan", "key"], condition=Q(closed_at=None), name="proposal_open_once"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["plan", "key", "-id"], name="proposal_newest"),
            models.Index(fields=["region", "-id"], name="proposal_region"),
        ]

    def __str__(self) -> str:
        return self.stage_title


class StepRun(models.Model):
    """A step of the plan that began in a response; its debts say who owes it."""

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    response = models.ForeignKey(Response, models.CASCADE, related_name="steps")
    key = models.CharField(max_length=64)
    title = models.CharField(max_length=200)
    stage = models.CharField(max_length=40)
    place = models.PositiveSmallIntegerField()
    #: Its place in the plan, for lists.
    rank = models.PositiveIntegerField()
    begun_at = models.DateTimeField()
    #: Keys of the steps it waits for, and whether any waits for it.
    after: Any = models.JSONField(default=list)
    awaited = models.BooleanField(default=False)
    #: Another response of the plan asks for it already: its debts are the other's, asked once.
    same = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["response", "key"], name="response_step_once")
        ]

    def __str__(self) -> str:
        return self.title


class StepDebt(models.Model):
    """What one post owes of a step: waiting, owed (`obligation`), or struck off before that."""

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    step = models.ForeignKey(StepRun, models.CASCADE, related_name="debts")
    #: None: there is nobody at all whom it could be asked of.
    post = models.ForeignKey("people.Post", models.PROTECT, null=True, related_name="+")
    region = models.ForeignKey("regions.Region", models.PROTECT, related_name="+")
    obligation = models.ForeignKey(Obligation, models.PROTECT, null=True, related_name="+")
    due_at = models.DateTimeField(null=True)
    #: While it waits: when it is owed although what it waits for is not done.
    latest_at = models.DateTimeField(null=True)
    #: The plan's own post does not exist: it is asked of who watches over the region instead.
    stand_in = models.BooleanField(default=False)
    #: Struck off before it was owed, or carried over when its response ended.
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=40, blank=True, default="")
    note = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["step", "post", "region"], name="step_debt_once")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["latest_at"], condition=Q(obligation=None, closed_at=None),
                name="step_debt_waiting",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.step_id} {self.region_id}"


class Order(models.Model):
    """A one-off order (交办单), within a response or without; what is owed are its obligations."""

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    title = models.CharField("事项", max_length=200)
    response = models.ForeignKey(Response, models.PROTECT, null=True, related_name="orders")
    region = models.ForeignKey("regions.Region", models.PROTECT, related_name="+")
    case = models.CharField(max_length=LENGTH, blank=True, default="")
    due_at = models.DateTimeField("完成期限", null=True)
    #: Somebody else looks at what was reported before it counts as done.
    checked = models.BooleanField("须核实", default=False)
    #: Whose it is to look (核实人); null where nobody needs to, and on orders of before.
    verifier = models.ForeignKey("people.Post", models.PROTECT, null=True, related_name="+")
    #: A picture is asked for.
    photo = models.BooleanField("附照片", default=False)
    given_at = models.DateTimeField("下达时间")
    given_by = models.CharField(max_length=40)
    #: Carried over when its response ended: it goes on without it.
    carried_at = models.DateTimeField(null=True)
    carried_by = models.CharField(max_length=40, blank=True, default="")
    note = models.CharField(max_length=300, blank=True, default="")
    #: Makes the same press one order; null where it may repeat.
    once = models.CharField(max_length=80, null=True, unique=True)  # noqa: DJ001 - null is "no key"

    class Meta:
        verbose_name = "交办单"
        indexes: ClassVar = [models.Index(fields=["region", "-id"], name="order_region")]

    def __str__(self) -> str:
        return self.title
