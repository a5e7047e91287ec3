"""Losses of a matter: who tells them, what was told, and the lists behind the figures."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from anlan.base.households.models import Household
from anlan.base.people.models import number_form
from anlan.base.register.fields import CodeField, CountField, MeasureField
from anlan.base.register.indexes import listing
from anlan.base.register.models import Located, Row
from anlan.base.vault.fields import SealedField
from anlan.kernel.ids import LENGTH, new_id


class LossMatter(models.Model):
    """One matter in one county whose losses are counted, from the first word to the verified."""

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    #: What lists and sheets point at: ``339901-20260810-1``.
    code = models.CharField("灾情编号", max_length=40, unique=True)
    case = models.CharField(max_length=LENGTH)
    region = models.ForeignKey(
        "regions.Region", models.PROTECT, related_name="+", verbose_name="统计地区"
    )
    hazard = CodeField("灾种", table="hazards")
    title = models.CharField("名称", max_length=120)
    #: 灾害发生时间: the clock of the first report starts here.
    occurred_at = models.DateTimeField("灾害发生时间")
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=40)
    #: 灾情稳定: from here on the verified report is due and no daily one.
    steady_at = models.DateTimeField("灾情稳定时间", null=True)
    steady_by = models.CharField(max_length=40, blank=True, default="")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "灾情统计"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "region"], name="loss_matter_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["region", "-occurred_at"], name="loss_matter_region"),
            models.Index(
                fields=["opened_at"], condition=Q(closed_at=None), name="loss_matter_open"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class LossDraft(models.Model):
    """What a region is about to tell; nobody but its own people sees it."""

    matter = models.ForeignKey(LossMatter, models.PROTECT, related_name="drafts")
    region = models.ForeignKey("regions.Region", models.PROTECT, related_name="+")
    #: Field -> number; what is not in it is not known.
    figures: Any = models.JSONField(default=dict)
    #: Finding's key -> why it is right nevertheless.
    notes: Any = models.JSONField(default=dict)
    as_of = models.DateTimeField()
    remark = models.CharField(max_length=500, blank=True, default="")
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField()
    saved_by = models.CharField(max_length=40)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["matter", "region"], name="loss_draft_once")
        ]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.region_id}"


class LossReport(models.Model):
    """What a region told, as it told it. It is never changed: the next one corrects it."""

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    matter = models.ForeignKey(LossMatter, models.PROTECT, related_name="reports")
    region = models.ForeignKey("regions.Region", models.PROTECT, related_name="+")
    #: 第几次 of this region and matter, from 1.
    number = models.PositiveIntegerField()
    phase = CodeField("上报阶段", table="loss-phases", max_length=12)
    figures: Any = models.JSONField(default=dict)
    notes: Any = models.JSONField(default=dict)
    remark = models.CharField(max_length=500, blank=True, default="")
    #: 零报告: nothing changed since the last one.
    unchanged = models.BooleanField(default=False)
    as_of = models.DateTimeField()
    #: Ids of the reports of the regions below that were there when it was handed in.
    built_on: Any = models.JSONField(default=list)
    #: Fields that something below had not told, and regions below without any report, then.
    at_least: Any = models.JSONField(default=list)
    missing: Any = models.JSONField(default=list)
    reported_at = models.DateTimeField()
    reported_by = models.CharField(max_length=40)
    #: 已报送: who received it and when; "" while nobody is known to have.
    receiver = models.CharField(max_length=60, blank=True, default="")
    receipt = models.CharField(max_length=60, blank=True, default="")
    sent_at = models.DateTimeField(null=True)
    sent_by = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["matter", "region", "number"], name="loss_report_number_once"
            ),
            models.CheckConstraint(
                condition=Q(sent_at=None, receiver="")
                | (Q(sent_at__isnull=False) & ~Q(receiver="") & ~Q(sent_by="")),
                name="loss_sent_to_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.region_id} {self.number}"


class Casualty(Row):
    """死亡失踪人员台账: one person dead or missing. Personal values are sealed."""

    code = models.CharField("编号", max_length=32)
    matter = models.CharField(
        "灾情编号", max_length=40, blank=True, help_text="灾情统计页上的编号，如 339901-20260810-1"
    )
    name = SealedField("姓名", blank=True, index=("name",), plain_max_length=40)
    sex = CodeField("性别", table="sexes", blank=True, max_length=4)
    age = CountField("年龄", unit="岁", high=130)
    id_number = SealedField("证件号码", blank=True, index=("tail4",), plain_max_length=20)
    address = SealedField("住址", blank=True, plain_max_length=200)
    status = CodeField("状态", table="casualty-states", default="missing", max_length=12)
    cause = CodeField("原因", table="death-causes", default="unknown", max_length=20)
    happened_at = models.DateTimeField("遇险时间", null=True, blank=True)
    place = models.CharField("遇险地点", max_length=200, blank=True)
    kin = SealedField("家属", blank=True, plain_max_length=40)
    kin_phone = SealedField(
        "家属电话", blank=True, index=("tail4",), plain_max_length=20, validators=[number_form]
    )
    note = models.CharField("备注", max_length=300, blank=True)

    class Meta:
        verbose_name = "死亡失踪人员"
        constraints: ClassVar = [models.UniqueConstraint(fields=["code"], name="casualty_code")]
        indexes = listing("casualty", sorts=("matter",), filters=("status", "cause"))

    def __str__(self) -> str:
        return self.code


class DamagedHouse(Located, Row):
    """倒损住房台账: one household's home that collapsed or was damaged."""

    code = models.CharField("编号", max_length=32)
    matter = models.CharField(
        "灾情编号", max_length=40, blank=True, help_text="灾情统计页上的编号，如 339901-20260810-1"
    )
    household = models.ForeignKey(
        Household, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="受损住户",
        help_text="台账里有的住户，户主和地址不用再填",
    )  # fmt: skip
    owner = SealedField("户主", blank=True, index=("name",), plain_max_length=40)
    address = SealedField("住址", blank=True, plain_max_length=200)
    damage = CodeField("损坏程度", table="house-damages", max_length=12)
    rooms = CountField("间数", unit="间", high=500)
    structure = CodeField("建筑结构", table="house-structures", blank=True)
    is_only_home = models.BooleanField("唯一住房", null=True, blank=True)
    loss = MeasureField("损失", unit="万元", low=0)
    note = models.CharField("备注", max_length=300, blank=True)

    class Meta:
        verbose_name = "倒损住房"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code"], name="damaged_house_code")
        ]
        indexes = listing(
            "damaged_house", sorts=("matter",), filters=("damage", "structure", "household"),
            located=True,
        )  # fmt: skip

    def __str__(self) -> str:
        return self.code
