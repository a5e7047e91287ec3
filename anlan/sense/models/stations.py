"""Where is measured: gateways that report, stations, and the streams of values they send."""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models

from anlan.base.people.models import Post, Unit, number_form
from anlan.base.places.models import DangerZone, KeySite, Reservoir
from anlan.base.register.fields import CodeField, CountField, MeasureField
from anlan.base.register.indexes import listing
from anlan.base.register.models import Located, Row
from anlan.kernel.ids import LENGTH
from anlan.sense.models.checking import wrong_of
from anlan.sense.models.fields import LevelsField

#: What devices send as a stream's name; it is part of MQTT topics and addresses.
code_form = RegexValidator(
    r"^[^\s/+#\x00-\x1f]{1,64}$", "编码不能有空格和 / + # 这些符号，最多 64 个字"
)


class Gateway(Row):
    """上报网关: what brings the values of many stations; gone, all of them are silent at once."""

    code = models.CharField("网关编码", max_length=64, validators=[code_form])
    name = models.CharField("名称", max_length=100)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="建设运维单位"
    )
    keeper = models.ForeignKey(
        Post, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="运维责任岗位"
    )
    phone = models.CharField("运维电话", max_length=20, blank=True, validators=[number_form])
    place = models.CharField("安装地点", max_length=200, blank=True)
    status = CodeField("状态", table="station-status", default="in-use", max_length=12)
    note = models.CharField("备注", max_length=300, blank=True)

    class Meta:
        verbose_name = "上报网关"
        constraints: ClassVar = [models.UniqueConstraint(fields=["code"], name="gateway_code")]
        indexes = listing("gateway", sorts=("name",), filters=("status",))

    def __str__(self) -> str:
        return self.name


class Station(Located, Row):
    """测站: a place where something is measured, who owns it and who looks after it."""

    code = models.CharField("测站编码", max_length=64, validators=[code_form])
    name = models.CharField("测站名称", max_length=100)
    kind = CodeField("测站类别", table="station-kinds", max_length=24)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="权属单位"
    )
    gateway = models.ForeignKey(
        Gateway, models.PROTECT, null=True, blank=True, related_name="stations",
        verbose_name="上报网关",
    )  # fmt: skip
    reservoir = models.ForeignKey(
        Reservoir, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="所属水库"
    )
    danger_zone = models.ForeignKey(
        DangerZone, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name="所属危险区",
    )  # fmt: skip
    key_site = models.ForeignKey(
        KeySite, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name="所属重点场所",
    )  # fmt: skip
    keeper = models.ForeignKey(
        Post, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="责任岗位",
        help_text="报警先找这个岗位；为空时找权属单位和所在地区的值班岗位",
    )  # fmt: skip
    datum = models.CharField(
        "水准基面", max_length=40, blank=True, help_text="如 1985 国家高程基准"
    )
    zero = MeasureField("零点高程", unit="m", low=-500, high=9000, help_text="水尺零点的高程")
    river = models.CharField("河流或水体", max_length=60, blank=True)
    address = models.CharField("地址", max_length=200, blank=True)
    phone = models.CharField("现场电话", max_length=20, blank=True, validators=[number_form])
    status = CodeField("状态", table="station-status", default="in-use", max_length=12)
    source = models.CharField(
        "数据来源", max_length=200, blank=True, help_text="建设部门、接入平台"
    )

    class Meta:
        verbose_name = "测站"
        constraints: ClassVar = [models.UniqueConstraint(fields=["code"], name="station_code")]
        indexes = listing(
            "station", sorts=("name",), filters=("kind", "unit", "gateway", "status"), located=True
        )

    def __str__(self) -> str:
        return self.name


class Stream(Row):
    """监测项: one quantity at one station. Its region is the station's."""

    code = models.CharField(
        "监测项编码", max_length=64, validators=[code_form], help_text="设备上报时使用的编码"
    )
    name = models.CharField(
        "名称", max_length=100, blank=True, help_text="同一测站有几个同类监测项时填写，如 2 号储罐"
    )
    station = models.ForeignKey(
        Station, models.PROTECT, related_name="streams", verbose_name="测站"
    )
    quantity = CodeField("监测要素", table="quantities", max_length=32)
    item = CodeField(
        "监测项目", table="tailings-items", max_length=24, blank=True, default="",
        help_text="尾矿库填写，综合预警先按项目累计；不填按监测要素",
    )  # fmt: skip
    unit = models.CharField(
        "上报单位", max_length=16, blank=True, help_text="与要素的单位相同时可不填"
    )
    added = MeasureField(
        "加常数", help_text="上报值换算单位后加上它再保存，如水尺读数加零点高程；不填为不加"
    )
    interval_s = CountField("上报间隔", unit="s", high=31 * 86_400, help_text="用于判断是否缺数")
    low = MeasureField("量程下限", help_text="单位同监测要素；不填按要素的物理范围")
    high = MeasureField("量程上限", help_text="单位同监测要素；不填按要素的物理范围")
    levels = LevelsField("特征值", help_text="如：警戒水位 12.3；保证水位 13.5。单位同监测要素")
    position = models.CharField("安装位置", max_length=100, blank=True)
    depth = MeasureField("安装深度", unit="m", low=-500, high=9000)
    status = CodeField("状态", table="station-status", default="in-use", max_length=12)
    #: Given once when the row is made and never again: observations are stored under it.
    number = models.PositiveIntegerField("序号", editable=False)

    class Meta:
        verbose_name = "监测项"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code"], name="stream_code"),
            models.UniqueConstraint(fields=["number"], name="stream_number"),
        ]
        indexes = listing("stream", filters=("station", "quantity", "status"))

    def __str__(self) -> str:
        return self.code

    def clean(self) -> None:
        """Check unit, range and levels against the quantity and each other."""
        super().clean()
        wrong = wrong_of(self)
        if wrong:
            raise ValidationError(wrong)


class Epoch(models.Model):
    """One row, counted up with every change to what the ingest process must know."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    count = models.BigIntegerField(default=0)
    #: Another one with every count, so that no two databases ever have the same.
    mark = models.CharField(max_length=LENGTH, blank=True, default="")

    def __str__(self) -> str:
        return str(self.count)
