"""Storms as agencies tell them: the bytes that came, and what they are of."""

from typing import ClassVar

from django.db import models

from anlan.kernel.ids import LENGTH, new_id


class Bulletin(models.Model):
    """One file of a storm's track and forecasts, kept byte for byte."""

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    #: As the agencies number it (``1909``).
    storm = models.CharField(max_length=20)
    name = models.CharField(max_length=60, blank=True, default="")
    #: bulletin | cma | ibtracs | atcf
    form = models.CharField(max_length=10)
    agency = models.CharField(max_length=40, blank=True, default="")
    #: What a person said its winds are in: m/s | knots; "" is what the form has.
    unit = models.CharField(max_length=5, blank=True, default="")
    #: The newest position it tells as observed.
    newest_at = models.DateTimeField()
    body = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()
    by = models.CharField(max_length=40)

    class Meta:
        verbose_name = "台风路径"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["storm", "sha256", "unit"], name="forecast_bulletin_once"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["storm", "-newest_at"], name="forecast_bulletin_storm"),
            models.Index(fields=["-at"], name="forecast_bulletin_at"),
        ]

    def __str__(self) -> str:
        return f"{self.storm} {self.newest_at:%Y-%m-%d %H:%M}"
