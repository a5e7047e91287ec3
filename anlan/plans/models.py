"""A plan and its versions: what one said is never changed, only followed by the next."""

from typing import Any, ClassVar

from django.db import models

from anlan.kernel.ids import LENGTH, new_id
from anlan.plans.states import DRAFT, STATES


class Plan(models.Model):
    """One plan of one region. The columns beside its versions repeat the newest, for lists."""

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    code = models.CharField("预案编码", max_length=64)
    title = models.CharField("名称", max_length=100)
    region = models.ForeignKey(
        "regions.Region", models.PROTECT, related_name="+", verbose_name="适用地区"
    )
    #: Number of the newest version.
    version = models.PositiveIntegerField("版本", default=1)
    #: Number of the version in force; None until one is approved.
    active = models.PositiveIntegerField("现行版本", null=True)
    changed_at = models.DateTimeField("修改时间")
    #: Abolished; what was done by it keeps pointing at it.
    retired_at = models.DateTimeField("废止时间", null=True)

    class Meta:
        verbose_name = "预案"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["region", "code"], condition=models.Q(retired_at=None), name="plan_once"
            )
        ]

    def __str__(self) -> str:
        return self.title


class PlanVersion(models.Model):
    """What a plan says, or said; drafted by one person and approved by another."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(
        max_length=12, choices=[(key, zh) for key, (zh, _) in STATES.items()], default=DRAFT
    )
    #: As `anlan.plans.spec.shape.PlanSpec`.
    spec: Any = models.JSONField()
    #: SM3 of its YAML form, 64 hexadecimal digits: what was approved can be told from any other.
    digest = models.CharField(max_length=64)
    drafted_at = models.DateTimeField()
    drafted_by = models.CharField(max_length=40)
    submitted_at = models.DateTimeField(null=True)
    submitted_by = models.CharField(max_length=40, blank=True, default="")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=40, blank=True, default="")
    #: What asks for it to say something else (复盘意见): ``[{kind, id, text, step, at, by}]``.
    cites: Any = models.JSONField(default=list)
    #: Why it was sent back, or under which document it was approved.
    note = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "number"], name="plan_version_once"),
            models.CheckConstraint(
                condition=~models.Q(state="approved") | ~models.Q(decided_by=""),
                name="plan_approved_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.number}"
