"""Reservoirs and the gates in sea walls: what holds water back."""

from itertools import pairwise
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models

from anlan.base.places.models.keepers import keeper
from anlan.base.register.fields import CodeField, CountField, MeasureField
from anlan.base.register.indexes import listing
from anlan.base.register.models import Located, Row


class Reservoir(Located, Row):
    """A dam and the lake behind it, with the levels that matter."""

    code = models.CharField("编码", max_length=32)
    name = models.CharField("名称", max_length=100)
    size = CodeField("规模", table="reservoir-sizes", max_length=16)
    capacity = MeasureField("总库容", unit="万m³", low=0)
    catchment = MeasureField("集雨面积", unit="km²", low=0)
    dam = CodeField("坝型", table="dam-types", blank=True)
    dam_height = MeasureField("坝高", unit="m", low=0, high=500)
    crest = MeasureField("坝顶高程", unit="m")
    dead_level = MeasureField("死水位", unit="m")
    normal_level = MeasureField("正常蓄水位", unit="m")
    meiyu_limit = MeasureField("梅汛期限制水位", unit="m", help_text="4 月 15 日至 7 月 15 日")
    typhoon_limit = MeasureField("台汛期限制水位", unit="m", help_text="7 月 16 日至 10 月 15 日")
    design_level = MeasureField("设计洪水位", unit="m")
    check_level = MeasureField("校核洪水位", unit="m")
    curve = models.JSONField(
        "水位库容曲线", null=True, blank=True, help_text="[[水位 m, 库容 万m³], …]，由低到高"
    )
    safety = CodeField("安全鉴定", table="reservoir-safety", blank=True, max_length=8)
    built = CountField("建成年份", unit="年", high=2100)
    administrative = keeper("行政责任岗位")
    technical = keeper("技术责任岗位")
    patrol = keeper("巡查责任岗位")

    class Meta:
        verbose_name = "水库"
        constraints: ClassVar = [models.UniqueConstraint(fields=["code"], name="reservoir_code")]
        indexes = listing("reservoir", sorts=("name", "capacity"), filters=("size",), located=True)

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Levels rise from dead storage to the crest; a curve rises in both."""
        super().clean()
        ladder = ("dead_level", "normal_level", "design_level", "check_level", "crest")
        known = [(name, getattr(self, name)) for name in ladder if getattr(self, name) is not None]
        for (_, lower), (name, upper) in pairwise(known):
            if upper < lower:
                raise ValidationError({name: "低于它下面一级的特征水位，请核对"})
        if self.curve is not None and not _rises(self.curve):
            raise ValidationError({"curve": "曲线应为 [[水位, 库容], …]，两者都由低到高"})


def _rises(curve: Any) -> bool:
    try:
        pairs = [(float(level), float(volume)) for level, volume in curve]
    except (TypeError, ValueError):
        return False
    return len(pairs) > 1 and all(a[0] < b[0] and a[1] <= b[1] for a, b in pairwise(pairs))


class Sluice(Located, Row):
    """海塘闸口: a gap in a sea wall that somebody must close before the tide comes."""

    code = models.CharField("编码", max_length=32)
    name = models.CharField("名称", max_length=100)
    kind = CodeField("类别", table="sluice-kinds", max_length=20)
    wall = models.CharField("所在海塘", max_length=100)
    sill = MeasureField(
        "底槛高程", unit="m", low=-20, high=50, help_text="1985 国家高程基准；潮位到这里就进水"
    )
    width = MeasureField("净宽", unit="m", low=0, high=500)
    means = CodeField("关闭方式", table="sluice-means", blank=True, max_length=20)
    closing_time = MeasureField(
        "关闭需时", unit="min", low=0, high=2880, help_text="从接到通知到关好"
    )
    hands = CountField("关闭需要人手", unit="人", high=200)
    keeper = keeper("关闭责任岗位")
    status = CodeField("状态", table="sluice-states", default="open", max_length=12)
    note = models.CharField("备注", max_length=300, blank=True)

    class Meta:
        verbose_name = "海塘闸口"
        constraints: ClassVar = [models.UniqueConstraint(fields=["code"], name="sluice_code")]
        indexes = listing(
            "sluice", sorts=("name", "sill"), filters=("kind", "status"), located=True
        )

    def __str__(self) -> str:
        return self.name
