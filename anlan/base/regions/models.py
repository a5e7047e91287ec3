"""Regions, their boundaries, and the mark of their present edition."""

from django.db import models

from anlan.kernel.ids import LENGTH


class Level(models.IntegerChoices):
    """Steps of administration; a grid cell (网格) lies below a village."""

    PROVINCE = 1, "省"
    CITY = 2, "市"
    COUNTY = 3, "县"
    TOWN = 4, "乡镇"
    VILLAGE = 5, "村社"
    GRID = 6, "网格"


#: English names of the levels, by number.
LEVELS_EN = {
    Level.PROVINCE: "province",
    Level.CITY: "prefecture",
    Level.COUNTY: "county",
    Level.TOWN: "township",
    Level.VILLAGE: "village",
    Level.GRID: "grid cell",
}


class Region(models.Model):
    """An administrative region or a grid cell, as some edition of the code list names it.

    A region that a newer list no longer has is closed (`valid_to`), never deleted: rows of that
    time keep its code, and `successor` says which region answers for it today.
    """

    #: 12 digits padded with zeros, or 15 for a grid cell (`scope.normalise`).
    code = models.CharField("区划代码", max_length=15, primary_key=True)
    name = models.CharField("名称", max_length=64)
    level = models.PositiveSmallIntegerField("层级", choices=Level.choices)
    #: The nearest region above that the list has; None for a province or an orphan.
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级"
    )
    #: First letters of the name's pinyin, in small letters: 云屿县 is yyx.
    initials = models.CharField("拼音首字母", max_length=64, blank=True)
    #: The seat (驻地), WGS-84 degrees; None when not known.
    lon = models.FloatField("经度", null=True, blank=True)
    lat = models.FloatField("纬度", null=True, blank=True)
    population = models.PositiveIntegerField("人口", null=True, blank=True)
    households = models.PositiveIntegerField("户数", null=True, blank=True)
    #: The first day, and the first day no more; None means open at that end.
    valid_from = models.DateField("启用日期", null=True, blank=True)
    valid_to = models.DateField("停用日期", null=True, blank=True)
    successor = models.CharField("继任区划", max_length=15, blank=True)

    class Meta:
        verbose_name = "行政区划"
        verbose_name_plural = "行政区划"
        constraints = [  # noqa: RUF012 - Django's way
            models.CheckConstraint(
                condition=models.Q(level__gte=1, level__lte=6), name="region_level_known"
            ),
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True)
                | models.Q(valid_from__isnull=True)
                | models.Q(valid_to__gte=models.F("valid_from")),
                name="region_dates_ordered",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Boundary(models.Model):
    """A region's polygon, inside always WGS-84."""

    region = models.OneToOneField(
        Region, models.CASCADE, primary_key=True, related_name="boundary", verbose_name="区划"
    )
    #: Well-known binary of a Polygon or MultiPolygon.
    wkb = models.BinaryField("边界")
    west = models.FloatField("西")
    south = models.FloatField("南")
    east = models.FloatField("东")
    north = models.FloatField("北")
    #: What the source was in before it was converted: wgs84, gcj02 or bd09.
    datum = models.CharField("来源坐标系", max_length=8)

    class Meta:
        verbose_name = "行政区划边界"
        verbose_name_plural = "行政区划边界"

    def __str__(self) -> str:
        return f"{self.region_id}"


class Edition(models.Model):
    """One row that is renewed with every change of regions or boundaries.

    What a process keeps in memory about them is good as long as `stamp` is the same.
    """

    stamp = models.CharField("版次", max_length=LENGTH)
    changed_at = models.DateTimeField("变更时间")

    class Meta:
        verbose_name = "区划版次"
        verbose_name_plural = "区划版次"

    def __str__(self) -> str:
        return self.stamp
