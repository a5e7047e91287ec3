"""Households and residents: who must be moved, by whom, where to, and how they are reached.

A household's own values are sealed with a key of the household, a resident's with the resident's;
erasing destroys the key.
"""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models

from anlan.base.people.models import Post, identity_form, number_form
from anlan.base.places.models import DangerZone, Shelter
from anlan.base.register.fields import CodeField, CodesField, CountField
from anlan.base.register.indexes import listing
from anlan.base.register.models import Located, Row
from anlan.base.vault.fields import SealedField
from anlan.kernel.ids import LENGTH, new_id


class Household(Located, Row):
    """People behind one front door; its region is the grid cell or the village."""

    code = models.CharField("户编码", max_length=32)
    #: Whose key seals this household's values. A new one when its head is erased, so that what the
    #: others still need (the address) can be sealed again.
    seal = models.CharField(max_length=LENGTH, default=new_id, editable=False, db_index=True)
    kind = CodeField("住户类型", table="household-kinds", default="family", max_length=16)
    head = SealedField("户主", blank=True, subject="seal", index=("chars",), plain_max_length=40)
    address = SealedField("住址", blank=True, subject="seal", plain_max_length=200)
    phone = SealedField(
        "联系电话",
        blank=True,
        subject="seal",
        index=("tail4",),
        plain_max_length=20,
        validators=[number_form],
    )
    size = CountField("常住人数", unit="人", high=10_000)
    structure = CodeField("房屋结构", table="house-structures", blank=True, max_length=16)
    floors = CountField("层数", unit="层", high=200)
    helper = models.ForeignKey(
        Post, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="帮扶责任岗位"
    )
    transfer_lead = models.ForeignKey(
        Post, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="转移责任岗位"
    )
    stay = CodeField("转移去向", table="intended-stays", blank=True, max_length=16)
    shelter = models.ForeignKey(
        Shelter, models.PROTECT, null=True, blank=True, related_name="households",
        verbose_name="拟去安置场所",
    )  # fmt: skip
    relatives = SealedField("投靠亲友", blank=True, subject="seal", plain_max_length=200)
    reach = CodesField("联系方式", table="reach-ways", help_text="有效的在前")
    needs = SealedField(
        "特殊需要", blank=True, subject="seal", plain_max_length=200, help_text="如轮椅、氧气"
    )
    erased_at = models.DateTimeField("销毁时间", null=True, editable=False)

    class Meta:
        verbose_name = "住户"
        constraints: ClassVar = [models.UniqueConstraint(fields=["code"], name="household_code")]
        indexes = listing("household", filters=("stay", "shelter"), located=True)

    def __str__(self) -> str:
        return self.code

    def clean(self) -> None:
        """Whoever goes to a shelter goes to one that is named, and the reverse."""
        super().clean()
        if self.shelter_id and self.stay not in ("", "shelter"):
            raise ValidationError({"stay": "已填拟去安置场所，转移去向应为「避灾安置场所」"})


class Resident(Row):
    """One person of a household."""

    code = models.CharField("居民编码", max_length=32)
    household = models.ForeignKey(
        Household, models.PROTECT, related_name="residents", verbose_name="所在户"
    )
    name = SealedField("姓名", index=("chars",), plain_max_length=40)
    id_number = SealedField(
        "身份证号", blank=True, index=("idno",), plain_max_length=18, validators=[identity_form]
    )
    phone = SealedField(
        "电话", blank=True, index=("tail4",), plain_max_length=20, validators=[number_form]
    )
    sex = CodeField("性别", table="sexes", blank=True, max_length=4)
    birth_year = CountField("出生年份", unit="年", high=2100)
    relation = CodeField("与户主关系", table="kinships", blank=True, max_length=16)
    groups = CodesField("特殊群体", table="special-groups")
    away = models.BooleanField("常年在外", default=False)
    erased_at = models.DateTimeField("销毁时间", null=True, editable=False)

    class Meta:
        verbose_name = "居民"
        constraints: ClassVar = [models.UniqueConstraint(fields=["code"], name="resident_code")]
        indexes = listing("resident", filters=("household",))

    def __str__(self) -> str:
        return self.code


class Threat(Row):
    """A danger zone threatens a household (受威胁住户)."""

    zone = models.ForeignKey(
        DangerZone, models.PROTECT, related_name="threats", verbose_name="危险区"
    )
    household = models.ForeignKey(
        Household, models.PROTECT, related_name="threats", verbose_name="住户"
    )
    note = models.CharField("备注", max_length=200, blank=True)

    class Meta:
        verbose_name = "受威胁住户"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["zone", "household"], name="threat_once")
        ]
        indexes = listing("threat", filters=("zone",))

    def __str__(self) -> str:
        return f"{self.zone_id} {self.household_id}"
