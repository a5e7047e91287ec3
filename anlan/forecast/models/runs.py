"""One run of a model: who asked, from what, how it went, and who stands behind it."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from anlan.forecast.states import RUN, SIGNING
from anlan.kernel.ids import LENGTH, new_id


class Run(models.Model):
    """A run. Its folder keeps inputs and products; leases run on real time."""

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    #: Key of the declared model, the digest of its declaration and what computes it.
    model = models.CharField(max_length=40)
    model_version = models.CharField(max_length=64)
    engine = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    hazard = models.CharField(max_length=40)
    region = models.ForeignKey("regions.Region", models.PROTECT, related_name="+")
    #: The storm it belongs to, as the agencies number it; "" when there is none.
    storm = models.CharField(max_length=20, blank=True, default="")

    based_at = models.DateTimeField()
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField()
    step_s = models.PositiveIntegerField()
    seed = models.BigIntegerField()
    settings: Any = models.JSONField(default=dict)
    #: What whoever asked gave along, by name of the input.
    given: Any = models.JSONField(default=dict)

    #: hand | schedule
    how = models.CharField(max_length=10)
    #: Makes one cycle of a schedule one run; null where it may repeat.
    once = models.CharField(max_length=120, null=True, unique=True)  # noqa: DJ001 - null is "no key"
    asked_by = models.CharField(max_length=40)
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=RUN.choices(), default=RUN.initial)
    #: Why it failed, was stopped or begins again; a sentence.
    reason = models.CharField(max_length=500, blank=True, default="")
    #: A person wants it to end.
    stop_asked = models.BooleanField(default=False)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    #: The heavy process that computes it, and until when it is believed to live (real time).
    holder = models.CharField(max_length=LENGTH, blank=True, default="")
    lease_until = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    progress = models.FloatField(null=True)

    #: Relative to the workspace.
    folder = models.CharField(max_length=120)
    #: `adapters.contract.Asked` as they were: name, state, digest, newest, what stands in.
    inputs: Any = models.JSONField(default=list)
    #: ``[{name, sha256, bytes}]`` of every file that came out.
    outputs: Any = models.JSONField(default=list)
    #: Programs -> version.
    versions: Any = models.JSONField(default=dict)
    #: What was missing, assumed or put right, a sentence each.
    notes: Any = models.JSONField(default=list)
    #: Inputs were missing: it can only get worse than this.
    lower_bound = models.BooleanField(default=False)

    #: Worst level any station or village comes to; null when none.
    level = models.PositiveSmallIntegerField(null=True)
    signing = models.CharField(max_length=12, choices=SIGNING.choices(), default=SIGNING.initial)
    signed_by = models.CharField(max_length=40, blank=True, default="")
    signed_at = models.DateTimeField(null=True)
    #: What was said when it was signed, rejected or withdrawn.
    signing_note = models.CharField(max_length=300, blank=True, default="")
    case = models.CharField(max_length=LENGTH, blank=True, default="")
    verified_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = "预报计算"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(signing="approved") | Q(signed_at__isnull=False),
                name="forecast_signed_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(signing="approved") | Q(state="done"), name="forecast_signed_when_done"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["region", "-id"], name="forecast_region"),
            models.Index(fields=["model", "-id"], name="forecast_model"),
            models.Index(fields=["lease_until"], condition=Q(ended_at=None), name="forecast_open"),
            models.Index(
                fields=["valid_until"],
                condition=Q(verified_at=None, ended_at__isnull=False),
                name="forecast_unverified",
            ),
            models.Index(
                fields=["model", "-signed_at"], condition=Q(signed_at__isnull=False),
                name="forecast_signed",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.model} {self.based_at:%Y-%m-%d %H:%M}"
