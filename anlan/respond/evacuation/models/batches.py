"""A batch of people who must leave (转移批次), and its villages."""

from typing import Any, ClassVar

from django.db import models

from anlan.base.people.models import Post
from anlan.kernel.ids import LENGTH, new_id
from anlan.respond.evacuation.states import BATCH


class Evacuation(models.Model):
    """One batch: whom some hazards drive out of some places, by when."""

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    title = models.CharField("名称", max_length=100)
    #: The narrowest region that holds it all.
    region = models.ForeignKey(
        "regions.Region", models.PROTECT, related_name="+", verbose_name="地区"
    )
    hazards: Any = models.JSONField("灾种", default=list)
    case = models.CharField(max_length=LENGTH, blank=True, default="")
    state = models.CharField("状态", max_length=10, choices=BATCH.choices(), default=BATCH.initial)
    #: What was asked for, so that an interrupted list can be drawn up again: zones, regions.
    asked: Any = models.JSONField(default=dict)
    #: Signed run whose villages are on it, and the code of the response; "" when there is none.
    run = models.CharField(max_length=LENGTH, blank=True, default="")
    response = models.CharField(max_length=LENGTH, blank=True, default="")
    #: Makes what a handler proposes one draft; null for what people draw up.
    once = models.CharField(max_length=120, null=True, unique=True)  # noqa: DJ001 - null is "no key"
    expected_at = models.DateTimeField("预计到达", null=True)
    #: By when at the latest where no arrival is known; named by a person.
    latest_at = models.DateTimeField("最晚转移时间", null=True)
    note = models.CharField("说明", max_length=300, blank=True, default="")

    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=40)
    ordered_at = models.DateTimeField(null=True)
    ordered_by = models.CharField(max_length=40, blank=True, default="")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=40, blank=True, default="")
    #: When what was kept of people whom no register has was destroyed: by a person, or by term.
    erased_at = models.DateTimeField(null=True)
    erased_by = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        verbose_name = "转移批次"
        indexes: ClassVar = [
            models.Index(fields=["region", "-id"], name="evac_region"),
            models.Index(fields=["case"], condition=~models.Q(case=""), name="evac_case"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(state__in=("building", "draft", "dropped"))
                | ~models.Q(ordered_by=""),
                name="evac_ordered_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Part(models.Model):
    """One village of a batch: who answers for it, by when, and whether it is safe again."""

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    evacuation = models.ForeignKey(Evacuation, models.CASCADE, related_name="parts")
    region = models.ForeignKey("regions.Region", models.PROTECT, related_name="+")
    #: Null is a visible gap: nobody answers for this village.
    lead = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    expected_at = models.DateTimeField(null=True)
    #: Null is not known; nothing is due then, and the page says so.
    latest_at = models.DateTimeField(null=True)
    #: Code of the row of ``evacuation-rules`` it was reckoned by; "" when a person named it.
    rule = models.CharField(max_length=40, blank=True, default="")
    #: The forecast says that water stands here: height of its surface, m; null is not known.
    flooded = models.BooleanField(default=False)
    surface = models.FloatField(null=True)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["evacuation", "region"], name="evac_village_once"),
            models.CheckConstraint(
                condition=models.Q(lifted_at=None) | ~models.Q(lifted_by=""),
                name="evac_lifted_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.evacuation_id} {self.region_id}"
