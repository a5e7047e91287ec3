"""Shelters, reservoirs, danger zones, key sites, vessels and cameras: what others build on."""

from itertools import pairwise
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models

from anlan import codes
from anlan.base.people.models import Post, number_form
from anlan.base.register.fields import CodeField, CodesField, CountField, MeasureField
from anlan.base.register.indexes import listing
from anlan.base.register.models import Located, Row
from anlan.base.vault.fields import SealedField


def keeper(label: str, **options: Any) -> "models.ForeignKey[Post | None, Post | None]":
    """Point at the post that looks after a thing; its holder is A, its deputy B."""
    return models.ForeignKey(
        Post, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=label, **options
    )


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
