"""How good a forecast was, at one place, once the truth was measured."""

from typing import ClassVar

from django.db import models

from anlan.forecast.models.runs import Run
from anlan.kernel.ids import LENGTH, new_id
from anlan.sense.models import Station


class Score(models.Model):
    """Errors of one run at one place for lead times from `lead_from` to `lead_until` hours."""

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    run = models.ForeignKey(Run, models.CASCADE, related_name="scores")
    #: station | basin | storm
    of = models.CharField(max_length=8, default="station")
    #: Of the station, the basin or the storm, and what it was called.
    code = models.CharField(max_length=64, default="")
    name = models.CharField(max_length=100, default="")
    station = models.ForeignKey(Station, models.PROTECT, null=True, related_name="+")
    region = models.ForeignKey("regions.Region", models.PROTECT, related_name="+")
    model = models.CharField(max_length=40)
    #: Key of ``forecast-scores``.
    quantity = models.CharField(max_length=32)
    lead_from = models.PositiveSmallIntegerField()
    lead_until = models.PositiveSmallIntegerField()
    #: Values compared, the sums of errors (forecast less measured), of their sizes and squares.
    n = models.PositiveIntegerField()
    total = models.FloatField()
    total_size = models.FloatField()
    total_square = models.FloatField()
    based_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["run", "of", "code", "quantity", "lead_from"],
                name="forecast_score_place_once",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["station", "based_at"], name="forecast_score_station"),
            models.Index(fields=["based_at"], name="forecast_score_time"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.quantity} {self.lead_from}-{self.lead_until} h"


class LevelCheck(models.Model):
    """Whether a run said that a level would be reached, and whether it was."""

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    run = models.ForeignKey(Run, models.CASCADE, related_name="checks")
    station = models.ForeignKey(Station, models.PROTECT, related_name="+")
    region = models.ForeignKey("regions.Region", models.PROTECT, related_name="+")
    model = models.CharField(max_length=40)
    #: Key of ``stream-level-kinds``.
    kind = models.CharField(max_length=24)
    limit = models.FloatField()
    said_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    #: hit | miss | false-alarm | quiet
    outcome = models.CharField(max_length=12)
    based_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "station", "kind"], name="forecast_check_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["station", "based_at"], name="forecast_check_station")
        ]

    def __str__(self) -> str:
        return f"{self.station_id} {self.kind} {self.outcome}"
