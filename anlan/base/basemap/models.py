"""Features of the offline base map, and the mark of their present state."""

from typing import ClassVar

from django.db import models

from anlan.kernel.ids import LENGTH


class Theme(models.TextChoices):
    """The four layers of the base map."""

    LAND = "base-land", "陆地"
    WATER = "base-water", "水系"
    ROADS = "base-roads", "道路"
    PLACES = "base-places", "地名"


class Feature(models.Model):
    """One thing drawn under everything else: a coast, a river, a road, a name."""

    theme = models.CharField("图层", max_length=16, choices=Theme.choices)
    #: What it is within its theme, e.g. the class of a road; the face draws by it.
    kind = models.CharField("类别", max_length=32, blank=True)
    name = models.CharField("名称", max_length=100, blank=True)
    #: 1 is drawn first where there is no room for all.
    rank = models.PositiveSmallIntegerField("次序", null=True)
    #: The first zoom at which it is drawn.
    minzoom = models.PositiveSmallIntegerField("最小缩放级别", default=0)
    #: Well-known binary, WGS-84.
    wkb = models.BinaryField("几何")
    west = models.FloatField("西")
    south = models.FloatField("南")
    east = models.FloatField("东")
    north = models.FloatField("北")

    class Meta:
        verbose_name = "底图要素"
        verbose_name_plural = "底图要素"
        indexes: ClassVar = [models.Index(fields=["theme"], name="feature_theme")]

    def __str__(self) -> str:
        return self.name or f"{self.theme} {self.pk}"


class Drawing(models.Model):
    """The present state of a theme; what a process keeps of it is good while `stamp` stays."""

    theme = models.CharField("图层", max_length=16, primary_key=True)
    stamp = models.CharField("版次", max_length=LENGTH)
    changed_at = models.DateTimeField("变更时间")

    class Meta:
        verbose_name = "底图版次"
        verbose_name_plural = "底图版次"

    def __str__(self) -> str:
        return f"{self.theme} {self.stamp}"
