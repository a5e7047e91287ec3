"""What came out of a run: series, stations, villages, grids. Null is unknown, never nought."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from anlan.forecast.models.runs import Run
from anlan.kernel.ids import LENGTH, new_id
from anlan.sense.models import Station


class Series(models.Model):
    """Values of one quantity at one place, `step_s` apart."""

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    run = models.ForeignKey(Run, models.CASCADE, related_name="series")
    #: station | basin | region | village
    of = models.CharField(max_length=8)
    code = models.CharField(max_length=64)
    region = models.ForeignKey("regions.Region", models.PROTECT, related_name="+")
    quantity = models.CharField(max_length=32)
    unit = models.CharField(max_length=16)
    #: "" is the forecast itself; ``p10``, ``p90`` bounds of an ensemble.
    member = models.CharField(max_length=12, blank=True, default="")
    start = models.DateTimeField()
    step_s = models.PositiveIntegerField()
    #: Numbers and nulls.
    values: Any = models.JSONField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["run", "of", "code", "quantity", "member"], name="forecast_series_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.quantity}"


class StationOutlook(models.Model):
    """What one station comes to, against its levels."""

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    run = models.ForeignKey(Run, models.CASCADE, related_name="stations")
    station = models.ForeignKey(Station, models.PROTECT, related_name="+")
    region = models.ForeignKey("regions.Region", models.PROTECT, related_name="+")
    quantity = models.CharField(max_length=32)
    unit = models.CharField(max_length=16)
    peak = models.FloatField(null=True)
    peak_at = models.DateTimeField(null=True)
    #: 1 red (the worst) to 4 blue, by ``forecast-levels``; null when none is reached or known.
    level = models.PositiveSmallIntegerField(null=True)
    #: When `level` is reached.
    level_at = models.DateTimeField(null=True)
    #: ``{"tide-blue": "2026-...", ...}``: when each level is reached first.
    reached: Any = models.JSONField(default=dict)
    #: ``{"tide-blue": 3.6, ...}``: by what it was judged.
    levels: Any = models.JSONField(default=dict)
    #: What was added so that it agrees with the last values; null when nothing was.
    bias = models.FloatField(null=True)
    measured = models.PositiveIntegerField(default=0)
    lower_bound = models.BooleanField(default=False)
    why = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["run", "station", "quantity"], name="forecast_station_once"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["station", "-id"], name="forecast_station"),
        ]

    def __str__(self) -> str:
        return f"{self.station_id} {self.peak}"


class VillageOutlook(models.Model):
    """What one village comes to: how near to leaving, how deep, when."""

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    run = models.ForeignKey(Run, models.CASCADE, related_name="villages")
    region = models.ForeignKey("regions.Region", models.PROTECT, related_name="+")
    #: Code of the danger zone that comes nearest; "" when the village as a whole is meant.
    zone = models.CharField(max_length=32, blank=True, default="")
    #: Share of the threshold to leave at once; null is unknown.
    nearness = models.FloatField(null=True)
    #: none | prepare | move; "" is unknown.
    stage = models.CharField(max_length=8, blank=True, default="")
    level = models.PositiveSmallIntegerField(null=True)
    first_at = models.DateTimeField(null=True)
    hours = models.FloatField(null=True)
    rain = models.FloatField(null=True)
    limit = models.FloatField(null=True)
    #: ``[{hours, rain, at, prepare, move, nearness}]``: rain ahead within each time.
    windows: Any = models.JSONField(default=list)
    #: ``[{zone, law, share, hours, rain, limit, at, first_at, lower_bound}]``: slopes against the
    #: law of slides, those nearest to it first.
    slopes: Any = models.JSONField(default=list)
    #: m above the datum of the map of heights.
    ground = models.FloatField(null=True)
    #: Greatest depth of water, m; nought was computed and stays dry, null was not computed.
    depth = models.FloatField(null=True)
    arrives_at = models.DateTimeField(null=True)
    lower_bound = models.BooleanField(default=False)
    why = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "region"], name="forecast_village_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["run", "-nearness"], name="forecast_nearest"),
            models.Index(
                fields=["run", "first_at"], condition=Q(first_at__isnull=False),
                name="forecast_first",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.region_id} {self.nearness}"


class Grid(models.Model):
    """A product on a grid: a file in the run's folder, known by its digest."""

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    run = models.ForeignKey(Run, models.CASCADE, related_name="grids")
    name = models.CharField(max_length=60)
    title = models.CharField(max_length=120)
    title_en = models.CharField(max_length=120, blank=True, default="")
    quantity = models.CharField(max_length=32, blank=True, default="")
    unit = models.CharField(max_length=16, blank=True, default="")
    #: netcdf | geotiff | geojson | png
    form = models.CharField(max_length=10)
    file = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    bytes = models.BigIntegerField()
    #: West, south, east, north.
    box: Any = models.JSONField(null=True)
    times: Any = models.JSONField(default=list)
    #: Of pictures: what grey 1 and grey 255 stand for; grey 0 is not known.
    span: Any = models.JSONField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "name"], name="forecast_grid_once")
        ]

    def __str__(self) -> str:
        return self.name
