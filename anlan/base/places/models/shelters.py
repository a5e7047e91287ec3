"""Shelters: where people are taken in."""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models

from anlan import codes
from anlan.base.places.models.keepers import keeper
from anlan.base.register.fields import CodeField, CodesField, CountField, MeasureField
from anlan.base.register.indexes import listing
from anlan.base.register.models import Located, Row


class Shelter(Located, Row):
    """避灾安置场所: where people are taken in."""

    code = models.CharField("编码", max_length=32)
    name = models.CharField("名称", max_length=100)
    level = CodeField("级别", table="shelter-levels")
    stay = CodeField("类别", table="shelter-classes", help_text="按能住多久分类")
    space = CodeField("空间类型", table="shelter-spaces", default="indoor")
    address = models.CharField("地址", max_length=200, blank=True)
    building = models.CharField("建筑", max_length=60, blank=True, help_text="所用建筑，如小学礼堂")
    structure = CodeField("建筑结构", table="house-structures", blank=True)
    seismic = MeasureField("抗震设防烈度", unit="度", low=0, high=12)
    height = MeasureField("地面高程", unit="m", low=-500, high=9000, help_text="1985 国家高程基准")
    area = MeasureField("有效避难面积", unit="m²", low=0)
    per_person = MeasureField("人均有效避难面积", unit="m²/人", low=0.1, high=100)
    capacity = CountField("容量", unit="人", high=1_000_000)
    occupied = CountField("当前人数", unit="人", high=1_000_000)
    facilities = CodesField("设施", table="shelter-facilities")
    supplies = models.TextField(
        "物资", max_length=1000, blank=True, help_text="储备的主要物资和数量"
    )
    keeper = keeper("管理责任岗位", help_text="A 岗、B 岗由该岗位的任职决定")
    opens_when = models.CharField("启用条件", max_length=200, blank=True)
    assessed_on = models.DateField("最近评估日期", null=True, blank=True)
    status = CodeField("状态", table="shelter-status", default="idle", max_length=16)

    class Meta:
        verbose_name = "避灾安置场所"
        constraints: ClassVar = [models.UniqueConstraint(fields=["code"], name="shelter_code")]
        indexes = listing(
            "shelter", sorts=("name", "capacity", "occupied"), filters=("level", "stay", "status"),
            located=True,
        )  # fmt: skip

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Figures agree with each other; what is not known contradicts nothing."""
        super().clean()
        wrong: dict[str, str] = {}
        most = self.most()
        if most is not None and self.capacity is not None and self.capacity > most:
            wrong["capacity"] = f"按有效面积和人均面积，最多容纳 {most} 人"
        if self.is_overfull() and self.status != "full":
            wrong["occupied"] = "当前人数超过容量：请核对人数，或把状态改为「满员」"
        if self.occupied and self.status in ("out-of-use", "closed", "idle"):
            label = codes.table("shelter-status").name(self.status)
            wrong["status"] = f"场所内有 {self.occupied} 人，状态不能是「{label}」"
        if wrong:
            raise ValidationError(wrong)

    def is_overfull(self) -> bool:
        """Tell whether more are inside than it holds, as far as both are known."""
        return self.capacity is not None and (self.occupied or 0) > self.capacity

    def most(self) -> int | None:
        """Tell how many the effective area holds, None when area or share is not known."""
        if self.area is None or not self.per_person:
            return None
        # A hair above, so that 300 m² at 1.5 m² hold 200 and not 199.
        return int(self.area / self.per_person + 1e-6)
