"""Alarm rules: what they say is data, kept by version; one version at a time is in force."""

from typing import Any, ClassVar

from django.db import models

from anlan.kernel.ids import LENGTH, new_id


class Rule(models.Model):
    """One rule. Editing it makes a new version; the old one stays in force until that is enabled.

    The columns beside the versions repeat the newest, so that lists need no second query.
    """

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    code = models.CharField("规则编码", max_length=64, unique=True)
    title = models.CharField("名称", max_length=100)
    title_en = models.CharField("英文名称", max_length=120, blank=True)
    #: It watches the streams of this region and below, and whoever may edit here may edit it.
    region = models.ForeignKey(
        "regions.Region", models.PROTECT, related_name="+", verbose_name="适用地区"
    )
    #: Key of ``codes/hazards``; "" for trouble of the equipment itself (silence).
    hazard = models.CharField("灾种", max_length=40, blank=True)
    kind = models.CharField("规则种类", max_length=16)
    quantity = models.CharField("监测要素", max_length=32, blank=True)
    #: Number of the newest version.
    version = models.PositiveIntegerField("版本", default=1)
    #: Number of the version in force; None while the rule is switched off.
    active = models.PositiveIntegerField("启用版本", null=True)
    enabled_at = models.DateTimeField("启用时间", null=True)
    enabled_by = models.CharField("启用人", max_length=40, blank=True, default="")
    disabled_at = models.DateTimeField("停用时间", null=True)
    disabled_by = models.CharField("停用人", max_length=40, blank=True, default="")
    changed_at = models.DateTimeField("修改时间")
    changed_by = models.CharField("修改人", max_length=40)
    #: Taken out of the list for good; what it raised stays.
    retired_at = models.DateTimeField("作废时间", null=True)

    class Meta:
        verbose_name = "报警规则"
        indexes: ClassVar = [
            models.Index(
                fields=["region", "code"],
                condition=models.Q(retired_at__isnull=True),
                name="rule_region",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class RuleVersion(models.Model):
    """What a rule said at one time; never changed."""

    rule = models.ForeignKey(Rule, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    #: As `anlan.sense.rules.spec.read_spec` takes it.
    spec: Any = models.JSONField()
    at = models.DateTimeField()
    by = models.CharField(max_length=40)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["rule", "number"], name="rule_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.rule_id} {self.number}"
