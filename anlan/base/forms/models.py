"""Forms, the rounds they were sent in, a sheet for each region asked, and all it ever said.

What people write is sealed with the key of the form, or of the matter it belongs to: a remark may
name somebody, and erasing the matter erases it. Figures of registers are no remarks.
"""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from anlan.base.forms.states import STATES, WAITING
from anlan.base.vault.fields import SealedField
from anlan.kernel.ids import LENGTH, new_id


class Form(models.Model):
    """A table drawn up by somebody for the regions below. `version` counts what was changed."""

    class Rows(models.TextChoices):
        """What a row is."""

        REGION = "region", "每个地区一行"
        FREE = "free", "每个地区若干行"

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    title = models.CharField("表名", max_length=100)
    note = models.CharField("填表说明", max_length=500, blank=True)
    region = models.ForeignKey(
        "regions.Region", models.PROTECT, related_name="+", verbose_name="制表地区"
    )
    case = models.CharField(max_length=LENGTH, blank=True, default="")
    rows = models.CharField("行", max_length=8, choices=Rows.choices, default=Rows.REGION)
    #: As `anlan.base.forms.columns.Column`.
    columns: Any = models.JSONField("列")
    #: Codes of the regions asked.
    asked: Any = models.JSONField("填报地区")
    #: Role of the post that fills it in; "" takes whoever reports or keeps watch there.
    role = models.CharField("由谁填报", max_length=40, blank=True, default="")
    answer_minutes = models.PositiveIntegerField("填报时限", default=60)
    #: The line of sums stands above the regions, not below.
    sums_first = models.BooleanField("合计在前", default=False)

    #: As `anlan.base.forms.schedule.Schedule`; None repeats nothing.
    schedule: Any = models.JSONField(null=True)
    #: When the next round is due by itself.
    next_at = models.DateTimeField(null=True)
    #: Who set it to repeat: rounds are sent in their name.
    scheduled_by = models.CharField(max_length=40, blank=True, default="")

    #: Number of the newest round.
    round = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=40)
    changed_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "滚动报表"
        indexes: ClassVar = [
            models.Index(fields=["region", "-id"], name="form_region"),
            models.Index(fields=["next_at"], condition=Q(next_at__isnull=False), name="form_due"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def free(self) -> bool:
        """Whether a region fills in as many rows as it has."""
        return self.rows == Form.Rows.FREE

    @property
    def seal_subject(self) -> str:
        """Whose key seals what is written: the matter's, or the form's own."""
        return self.case or self.id


class Round(models.Model):
    """One sending of a form. What was asked then is kept: a form may be changed afterwards."""

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    form = models.ForeignKey(Form, models.CASCADE, related_name="rounds")
    number = models.PositiveIntegerField()
    columns: Any = models.JSONField()
    #: The moment the figures are to be of (截至).
    as_of = models.DateTimeField()
    #: The moment of the schedule it stands for; None where a person sent it. Twice is once.
    slot = models.DateTimeField(null=True)
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=40)
    due_at = models.DateTimeField()
    #: The next one was sent, or somebody ended it.
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["form", "number"], name="form_round_once"),
            models.UniqueConstraint(fields=["form", "slot"], name="form_slot_once"),
        ]

    def __str__(self) -> str:
        return f"{self.form_id} {self.number}"


class Sheet(models.Model):
    """What one region is asked in one round: its draft, and what it submitted last."""

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    round = models.ForeignKey(Round, models.CASCADE, related_name="sheets")
    region = models.ForeignKey("regions.Region", models.PROTECT, related_name="+")
    #: None is a gap somebody sees: no such post in this region.
    post = models.ForeignKey("people.Post", models.PROTECT, null=True, related_name="+")
    #: The newest debt about it.
    obligation = models.CharField(max_length=LENGTH, blank=True, default="")
    state = models.CharField(
        max_length=12, choices=[(key, zh) for key, (zh, _) in STATES.items()], default=WAITING
    )
    #: What the registers held when the round was sent: column -> figure; what they do not know is
    #: left out.
    prefilled: Any = models.JSONField(default=dict)

    #: Rows under the pen as JSON; "" when there are none.
    draft = SealedField(blank=True, default="", subject="seal_subject")
    #: Rows last submitted as JSON.
    told = SealedField(blank=True, default="", subject="seal_subject")
    as_of = models.DateTimeField()
    #: Number of the round the draft was copied from; None when it was written.
    copied_from = models.PositiveIntegerField(null=True)
    #: Number of what was submitted last; 0 before anything was.
    revision = models.PositiveIntegerField(default=0)
    submitted_at = models.DateTimeField(null=True)
    submitted_by = models.CharField(max_length=40, blank=True, default="")
    #: Why it was sent back.
    reason = SealedField(blank=True, default="", subject="seal_subject")
    #: Counts every saving: two people at one sheet are told of each other.
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(null=True)
    saved_by = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["round", "region"], name="form_sheet_once")
        ]
        indexes: ClassVar = [models.Index(fields=["region", "-id"], name="form_sheet_region")]

    def __str__(self) -> str:
        return f"{self.round_id} {self.region_id}"

    @property
    def seal_subject(self) -> str:
        """Whose key seals the cells."""
        return self.round.form.seal_subject


class Revision(models.Model):
    """What a sheet said at one submission; never changed."""

    sheet = models.ForeignKey(Sheet, models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    told = SealedField(blank=True, default="", subject="seal_subject")
    as_of = models.DateTimeField()
    copied_from = models.PositiveIntegerField(null=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=40)
    #: Filled in by an officer for those who owe it.
    on_behalf = models.BooleanField(default=False)
    #: SM3 of the rows as they are sealed, 64 hexadecimal digits, as the journal keeps it.
    digest = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sheet", "number"], name="form_revision_once")
        ]

    def __str__(self) -> str:
        return f"{self.sheet_id} {self.number}"

    @property
    def seal_subject(self) -> str:
        """Whose key seals the cells."""
        return self.sheet.seal_subject
