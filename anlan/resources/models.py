"""Rescue teams, and what is kept for an emergency."""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models

from anlan import codes
from anlan.base.people.models import Post, number_form
from anlan.base.register.fields import CodeField, CodesField, CountField, MeasureField
from anlan.base.register.indexes import listing
from anlan.base.register.models import Located, Row

#: Table of what can be kept.
ITEMS = "supply-items"


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


class Stock(Located, Row):
    """物资储备: how much of one item lies at a place, until when it may be used."""

    code = models.CharField("编码", max_length=32)
    store = models.CharField("储备点", max_length=100, help_text="仓库、村储备点或协议企业的名称")
    item = CodeField("品名", table=ITEMS, max_length=20)
    amount = CountField("数量", high=100_000_000, help_text="按品名的计量单位；不知道请空着")
    spec = models.CharField("规格型号", max_length=100, blank=True)
    keeping = CodeField("储备方式", table="supply-keeping", default="physical", max_length=12)
    expires_on = models.DateField("有效期至", null=True, blank=True)
    checked_on = models.DateField("最近盘点", null=True, blank=True)
    keeper = models.ForeignKey(
        Post, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="保管岗位"
    )
    phone = models.CharField("提货电话", max_length=20, blank=True, validators=[number_form])
    address = models.CharField("地址", max_length=200, blank=True)
    status = CodeField("状态", table="supply-states", default="ready", max_length=12)

    class Meta:
        verbose_name = "物资储备"
        constraints: ClassVar = [models.UniqueConstraint(fields=["code"], name="stock_code")]
        indexes = listing(
            "stock", sorts=("amount", "expires_on"), filters=("item", "status"), located=True
        )

    def __str__(self) -> str:
        return f"{self.store} {self.item}"

    def clean(self) -> None:
        """Keep items that are counted in something, not a whole class of them."""
        super().clean()
        known = codes.table(ITEMS).get(self.item)
        if known is not None and not known.text("unit"):
            raise ValidationError({"item": "请选择具体品名，不要选大类"})
