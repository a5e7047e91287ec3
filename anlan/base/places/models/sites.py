"""Key sites, and what only building sites and scenic spots among them are asked."""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models

from anlan.base.people.models import number_form
from anlan.base.places.models.keepers import keeper
from anlan.base.register.fields import CodeField, CodesField, CountField, MeasureField
from anlan.base.register.indexes import listing
from anlan.base.register.models import Located, Row
from anlan.base.vault.fields import SealedField


class KeySite(Located, Row):
    """A place where many may be harmed at once."""

    code = models.CharField("编码", max_length=32)
    name = models.CharField("名称", max_length=100)
    kind = CodeField("类别", table="key-site-kinds", max_length=20)
    address = models.CharField("地址", max_length=200, blank=True)
    people = CountField("日常人数", unit="人", help_text="工作日白天通常有多少人")
    hazards = CodesField("易受灾种", table="hazards")
    keeper = keeper("责任岗位")
    contact = SealedField("联系人", blank=True, plain_max_length=40)
    contact_phone = SealedField(
        "联系电话", blank=True, index=("tail4",), plain_max_length=20, validators=[number_form]
    )
    note = models.CharField("备注", max_length=300, blank=True)

    class Meta:
        verbose_name = "重点场所"
        constraints: ClassVar = [models.UniqueConstraint(fields=["code"], name="key_site_code")]
        indexes = listing("key_site", sorts=("name", "people"), filters=("kind",), located=True)

    def __str__(self) -> str:
        return self.name


class BuildingSite(Row):
    """工地: what a wind finds on a building site; where it is and who answers, its key site says.

    A school whose yard is dug up is one, too: the key site's kind does not matter.
    """

    site = models.ForeignKey(
        KeySite, models.PROTECT, related_name="+", verbose_name="重点场所",
        help_text="名称、位置、日常人数、责任岗位在重点场所台账里",
    )  # fmt: skip
    builder = models.CharField("施工单位", max_length=100, blank=True)
    phase = CodeField("施工阶段", table="building-phases", blank=True, max_length=20)
    sheds = CountField("工棚", unit="处", high=1000)
    shed_people = CountField("住工棚人数", unit="人", high=20_000)
    tower_cranes = CountField("塔吊", unit="台", high=500)
    hoists = CountField("施工升降机", unit="台", high=500)
    pit_depth = MeasureField("基坑深度", unit="m", low=0, high=100, help_text="没有基坑填 0")
    until = models.DateField("预计完工", null=True, blank=True)

    class Meta:
        verbose_name = "工地"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["site"], name="building_site_once")
        ]
        indexes = listing(
            "building_site", sorts=("shed_people", "tower_cranes"), filters=("phase", "site")
        )

    def __str__(self) -> str:
        return str(self.site_id)

    def clean(self) -> None:
        """Nobody lives in sheds that are not there."""
        super().clean()
        if self.shed_people and self.sheds == 0:
            raise ValidationError({"sheds": "有人住工棚，工棚就不能是 0；不知道请空着"})


class ScenicSpot(Row):
    """涉海景区: how a place by the water that draws visitors is closed."""

    site = models.ForeignKey(
        KeySite, models.PROTECT, related_name="+", verbose_name="重点场所",
        help_text="名称、位置、日常人数在重点场所台账里",
    )  # fmt: skip
    water = CodeField("临水类型", table="scenic-waters", max_length=20)
    capacity = CountField("最大承载量", unit="人", high=1_000_000, help_text="同时在景区里的人数")
    entrances = CountField("入口", unit="处", high=200)
    closing_time = MeasureField(
        "关停清场需时", unit="min", low=0, high=2880, help_text="从接到通知到清完人"
    )
    closes_when = models.CharField("关停条件", max_length=200, blank=True)
    keeper = keeper("关停责任岗位", help_text="与重点场所的责任岗位可以不同")

    class Meta:
        verbose_name = "涉海景区"
        constraints: ClassVar = [models.UniqueConstraint(fields=["site"], name="scenic_spot_once")]
        indexes = listing("scenic_spot", sorts=("capacity",), filters=("water", "site"))

    def __str__(self) -> str:
        return str(self.site_id)
