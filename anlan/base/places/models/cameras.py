"""Cameras and what they watch."""

from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models

from anlan.base.places.models.keepers import keeper
from anlan.base.register.fields import CodeField, MeasureField
from anlan.base.register.indexes import listing
from anlan.base.register.models import Located, Row

stream_form = RegexValidator(
    r"^(rtsp|rtsps|rtmp|https?)://\S+$", "视频地址应以 rtsp:// rtmp:// http(s):// 开头"
)


class Camera(Located, Row):
    """A camera and what it watches."""

    code = models.CharField("编码", max_length=32)
    name = models.CharField("名称", max_length=100)
    kind = CodeField("类别", table="camera-kinds", max_length=20)
    scene = CodeField("监视对象", table="camera-scenes", blank=True, max_length=20)
    subject = models.CharField(
        "对象编码", max_length=32, blank=True, help_text="所看水库、渔港等的编码"
    )
    bearing = MeasureField("朝向", unit="°", low=0, high=360, help_text="正北为 0，顺时针")
    url = models.CharField("视频地址", max_length=300, blank=True, validators=[stream_form])
    status = CodeField("状态", table="camera-states", default="online", max_length=12)
    keeper = keeper("维护责任岗位")

    class Meta:
        verbose_name = "监控点"
        constraints: ClassVar = [models.UniqueConstraint(fields=["code"], name="camera_code")]
        indexes = listing("camera", sorts=("name",), filters=("kind", "status"), located=True)

    def __str__(self) -> str:
        return self.name
