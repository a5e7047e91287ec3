"""Vessels and fish rafts: people on the water."""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models

from anlan.base.people.models import number_form
from anlan.base.places.models.keepers import keeper
from anlan.base.places.models.shelters import Shelter
from anlan.base.register.fields import CodeField, CountField, MeasureField
from anlan.base.register.indexes import listing
from anlan.base.register.models import Located, Row
from anlan.base.vault.fields import SealedField


class Vessel(Located, Row):
    """A vessel and where it is now, as far as known."""

    code = models.CharField("船舶编码", max_length=32)
    name = models.CharField("船名", max_length=60)
    kind = CodeField("类别", table="vessel-kinds", max_length=20)
    gear = CodeField("作业方式", table="fishing-gears", blank=True, max_length=20)
    harbour = models.CharField("船籍港", max_length=60, blank=True)
    length = MeasureField("船长", unit="m", low=0, high=500)
    power = MeasureField("主机功率", unit="kW", low=0)
    tonnage = MeasureField("总吨位", unit="t", low=0)
    crew = CountField("船员人数", unit="人", high=10_000)
    beidou = models.CharField("北斗终端号", max_length=20, blank=True)
    skipper = SealedField("船长姓名", blank=True, index=("name",), plain_max_length=40)
    skipper_phone = SealedField(
        "船长电话", blank=True, index=("tail4",), plain_max_length=20, validators=[number_form]
    )
    keeper = keeper("联络责任岗位")
    status = CodeField("状态", table="vessel-states", default="unknown", max_length=20)
    course = MeasureField("航向", unit="°", low=0, high=360)
    speed = MeasureField("航速", unit="kn", low=0, high=100)
    seen_at = models.DateTimeField("定位时间", null=True, blank=True)

    class Meta:
        verbose_name = "船舶"
        constraints: ClassVar = [models.UniqueConstraint(fields=["code"], name="vessel_code")]
        indexes = listing(
            "vessel", sorts=("name", "length", "crew"), filters=("kind", "status"), located=True
        )

    def __str__(self) -> str:
        return self.name


class FishRaft(Located, Row):
    """渔排: a raft of cages moored in a bay, with people on it. Its point is the mooring."""

    code = models.CharField("编码", max_length=32)
    name = models.CharField("名称", max_length=100)
    kind = CodeField("类别", table="fish-raft-kinds", max_length=20)
    mooring = models.CharField("锚泊处", max_length=100, help_text="港湾、岙口")
    cages = CountField("网箱", unit="口", high=100_000)
    huts = CountField("看护房", unit="间", high=1000)
    people = CountField("在排人数", unit="人", high=10_000, help_text="养殖季通常有多少人")
    weak = CountField("其中老人孩子", unit="人", high=10_000)
    owner = SealedField("业主", blank=True, index=("name",), plain_max_length=40)
    owner_phone = SealedField(
        "业主电话", blank=True, index=("tail4",), plain_max_length=20, validators=[number_form]
    )
    keeper = keeper("责任岗位", help_text="通知上岸、逐排点名的岗位")
    shelter = models.ForeignKey(
        Shelter, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name="上岸安置场所",
    )  # fmt: skip
    landing_time = MeasureField("上岸需时", unit="min", low=0, high=2880)

    class Meta:
        verbose_name = "渔排"
        constraints: ClassVar = [models.UniqueConstraint(fields=["code"], name="fish_raft_code")]
        indexes = listing(
            "fish_raft", sorts=("name", "people"), filters=("kind", "shelter"), located=True
        )

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse more old people and children than people."""
        super().clean()
        if self.people is not None and self.weak is not None and self.weak > self.people:
            raise ValidationError({"weak": "老人孩子多于在排人数，请核对"})
