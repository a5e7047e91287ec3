"""Where forecasts are made: tide stations with their constants, and small basins."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models

from anlan import codes
from anlan.base.register.fields import CodeField, MeasureField
from anlan.base.register.indexes import listing
from anlan.base.register.models import Located, Row
from anlan.sense.models import Station
from anlan.sense.models.stations import code_form


class TidePoint(Row):
    """A station whose tide is predicted: by constants of its own, or by those of a reference."""

    station = models.ForeignKey(
        Station, models.PROTECT, related_name="+", verbose_name="测站",
        help_text="须有潮位监测项；四色警戒潮位填在监测项的特征值里",
    )  # fmt: skip
    reference = CodeField(
        "参考站", table="tide-stations", blank=True, default="", max_length=24,
        help_text="没有自己的调和常数时，按参考站推算",
    )  # fmt: skip
    ratio = MeasureField("潮差比", low=0.1, high=5, help_text="与参考站潮差之比；不填按 1")
    later = MeasureField("潮时差", unit="min", low=-720, high=720, help_text="比参考站迟为正")
    mean = MeasureField(
        "平均海面", unit="m", low=-20, high=20, help_text="在本站潮位基准以上；不填不能预报"
    )
    constants = models.JSONField(
        "调和常数", null=True, blank=True,
        help_text="[[分潮, 振幅 m, 格林尼治迟角 °], …]；填了就不按参考站",
    )  # fmt: skip
    source = models.CharField("常数来源", max_length=200, blank=True)

    class Meta:
        verbose_name = "潮位预报站"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["station"], name="tide_point_once")
        ]
        indexes = listing("tide_point", filters=("station",))

    def __str__(self) -> str:
        return str(self.station_id)

    def clean(self) -> None:
        """Constants are known waves with sound figures; without them there is a reference."""
        super().clean()
        from anlan.engines.tide.constituents import known

        for wave in self.constants or ():
            if not (isinstance(wave, list) and len(wave) == 3 and all(map(_is_number, wave[1:]))):
                raise ValidationError({"constants": "每一项为 [分潮, 振幅 m, 迟角 °]"})
            if not known(str(wave[0])):
                raise ValidationError({"constants": f"不认识的分潮「{wave[0]}」"})
        if not self.constants and not self.reference:
            raise ValidationError({"reference": "没有自己的调和常数时，请选择参考站"})

    def waves(self) -> tuple[tuple[str, float, float], ...]:
        """Give the constants: its own, or those of the reference."""
        if self.constants:
            return tuple((str(name), float(high), float(lag)) for name, high, lag in self.constants)
        return tuple(
            (
                row.text("constituent") or "",
                row.number("amplitude") or 0.0,
                row.number("lag") or 0.0,
            )
            for row in codes.table("tide-constants")
            if row.text("station") == self.reference
        )


class Basin(Located, Row):
    """小流域: what drains through one point. Figures not known are taken by size (see `source`)."""

    code = models.CharField("流域编码", max_length=32, validators=[code_form])
    name = models.CharField("名称", max_length=100)
    area = MeasureField("面积", unit="km²", low=0.1, high=5000, help_text="自己的，不含上游流域")
    curve_number = MeasureField("曲线数 CN", low=30, high=100, help_text="一般湿润程度下")
    reservoirs = MeasureField("单位线水库个数", low=1, high=10, help_text="纳什 n；不填按 3")
    lag = MeasureField("汇流时间", unit="h", low=0.1, high=48, help_text="雨的中间到洪水的中间")
    downstream = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="下游流域"
    )
    length = MeasureField(
        "河段长", unit="m", low=0, help_text="上游来水流经本流域的河段；不填不算演进"
    )
    slope = MeasureField("河段坡降", low=0, high=1)
    width = MeasureField("河宽", unit="m", low=0)
    roughness = MeasureField("糙率", low=0.01, high=0.3)
    gauge = models.ForeignKey(
        Station, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name="出口水位站", help_text="须有水位监测项",
    )  # fmt: skip
    rating = models.JSONField(
        "水位流量关系", null=True, blank=True,
        help_text="[[水位 m, 流量 m³/s], …]，逐点增大；填了才推算出口水位",
    )  # fmt: skip
    outline = models.JSONField("范围", null=True, blank=True)
    source = models.CharField("数据来源", max_length=200, blank=True)

    class Meta:
        verbose_name = "小流域"
        constraints: ClassVar = [models.UniqueConstraint(fields=["code"], name="basin_code")]
        indexes = listing("basin", sorts=("name",), filters=("downstream",), located=True)

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Let a rating rise point by point and belong to a gauge of this basin alone."""
        super().clean()
        if self.gauge_id is not None:
            others = Basin.objects.filter(gauge=self.gauge_id, retired_at=None)
            if others.exclude(pk=self.pk).exists():
                raise ValidationError({"gauge": "这个水位站已是另一个小流域的出口"})
        if not self.rating:
            return
        from anlan.engines.basin import rating_of
        from anlan.kernel.errors import Invalid

        for point in self.rating:
            if not (isinstance(point, list) and len(point) == 2 and all(map(_is_number, point))):
                raise ValidationError({"rating": "每一项为 [水位 m, 流量 m³/s]"})
        try:
            rating_of([one[0] for one in self.rating], [one[1] for one in self.rating])
        except Invalid as error:
            raise ValidationError({"rating": error.detail}) from error
        if self.gauge_id is None:
            raise ValidationError({"gauge": "有水位流量关系就要选出口水位站"})


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
