"""Rescue teams."""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models

from anlan.base.people.models import Post, number_form
from anlan.base.register.fields import CodeField, CodesField, CountField, MeasureField
from anlan.base.register.indexes import listing
from anlan.base.register.models import Located, Row


class Team(Located, Row):
    """A rescue team: what it can do, how many it is, how fast it leaves."""

    code = models.CharField("队伍编码", max_length=32)
    name = models.CharField("名称", max_length=100)
    kind = CodeField("类别", table="team-classes", max_length=20)
    skills = CodesField("专长", table="team-skills")
    grade = CodeField(
        "等级", table="team-grades", blank=True, max_length=4, help_text="社会应急力量分级测评等级"
    )
    members = CountField("人数", unit="人", high=100_000)
    certified = CountField("持证人数", unit="人", high=100_000)
    equipment = models.TextField(
        "装备", max_length=2000, blank=True, help_text="如：冲锋舟 2；发电机 1"
    )
    address = models.CharField("驻地地址", max_length=200, blank=True)
    leader = models.ForeignKey(
        Post, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="队长岗位"
    )
    duty_phone = models.CharField("值班电话", max_length=20, blank=True, validators=[number_form])
    response = MeasureField("出动时间", unit="min", low=0, high=10_080, help_text="接令到出发")
    insured = models.BooleanField(
        "已购人身意外险", null=True, blank=True, help_text="突发事件应对法第四十条要求"
    )
    agreement = models.BooleanField("已签救援协议", null=True, blank=True)
    status = CodeField("状态", table="team-status", default="standby", max_length=16)

    class Meta:
        verbose_name = "救援队伍"
        constraints: ClassVar = [models.UniqueConstraint(fields=["code"], name="team_code")]
        indexes = listing(
            "team", sorts=("name", "members"), filters=("kind", "status"), located=True
        )

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Certified members are members; grades are for social forces."""
        super().clean()
        if self.members is not None and (self.certified or 0) > self.members:
            raise ValidationError({"certified": "持证人数超过队伍人数"})
        if self.grade and self.kind != "social":
            raise ValidationError({"grade": "等级只用于社会应急力量"})
