"""Danger zones: where people have to leave."""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models

from anlan.base.places.models.keepers import keeper
from anlan.base.places.models.shelters import Shelter
from anlan.base.register.fields import CodeField, CodesField, CountField, MeasureField
from anlan.base.register.indexes import listing
from anlan.base.register.models import Located, Row


class DangerZone(Located, Row):
    """Where people have to leave, who watches it and where they go."""

    code = models.CharField("编码", max_length=32)
    name = models.CharField("名称", max_length=100)
    kind = CodeField("类型", table="danger-zone-kinds", max_length=20)
    hazards = CodesField("灾种", table="hazards")
    level = CodeField("险情程度", table="danger-zone-levels", blank=True, max_length=12)
    status = CodeField("状态", table="danger-zone-status", default="active", max_length=12)
    outline = models.JSONField("范围", null=True, blank=True)
    area = MeasureField("面积", unit="m²", low=0)
    households = CountField("威胁户数", unit="户")
    people = CountField("威胁人数", unit="人")
    thresholds = models.JSONField(
        "雨量阈值", null=True, blank=True,
        help_text="[[时长 h, 准备转移 mm, 立即转移 mm], …]",
    )  # fmt: skip
    signal = models.CharField(
        "预警信号", max_length=100, blank=True, help_text="如敲锣、手摇警报器"
    )
    route = models.CharField("撤离路线", max_length=300, blank=True)
    assembly_lon = MeasureField("集合点经度", unit="°", low=-180, high=180)
    assembly_lat = MeasureField("集合点纬度", unit="°", low=-90, high=90)
    shelter = models.ForeignKey(
        Shelter, models.PROTECT, null=True, blank=True, related_name="zones",
        verbose_name="安置场所",
    )  # fmt: skip
    watcher = keeper("监测责任岗位")
    transfer_lead = keeper("转移责任岗位")
    cause = models.CharField("成因对象", max_length=100, blank=True, help_text="河流、水库、海塘等")

    class Meta:
        verbose_name = "危险区"
        constraints: ClassVar = [models.UniqueConstraint(fields=["code"], name="zone_code")]
        indexes = listing(
            "zone", sorts=("name", "people"), filters=("kind", "level", "status"), located=True
        )

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Households hold people; thresholds to leave are not below those to get ready."""
        super().clean()
        if self.households and self.people is not None and self.people < self.households:
            raise ValidationError({"people": "威胁人数少于威胁户数，请核对"})
        for row in self.thresholds or ():
            if not isinstance(row, list) or len(row) != 3 or row[2] < row[1]:
                raise ValidationError(
                    {"thresholds": "每一项为 [时长 h, 准备转移 mm, 立即转移 mm]，后者不小于前者"}
                )
