"""Incidents, the reports made of them, to whom these went, and what leaders said.

What was told of persons (the caller, the account, an instruction) is sealed with the key of the
case, so that erasing the case erases it. Reports are official documents and stay.
"""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from anlan.base.register.fields import CodeField
from anlan.base.vault.fields import SealedField
from anlan.kernel.ids import LENGTH, new_id
from anlan.respond.incidents.states import INCIDENT, REPORTS, WAYS


class Incident(models.Model):
    """One emergency as it was told to a desk, from the first word to the archive."""

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    state = models.CharField(max_length=12, choices=INCIDENT.choices(), default="draft")
    kind = CodeField("种类", table="incident-kinds", blank=True, default="")
    title = models.CharField("名称", max_length=120, blank=True, default="")
    what = SealedField("接报内容", subject="case", blank=True, default="", plain_max_length=4000)
    #: Where it is, as narrow as known; None while it is being taken in.
    region = models.ForeignKey(
        "regions.Region", models.PROTECT, null=True, related_name="+", verbose_name="地区"
    )
    place = models.CharField("地点", max_length=200, blank=True, default="")
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    #: Region of the desk that reports it upward.
    office = models.CharField(max_length=15)
    #: Whose rows it is among: the region, the desk's own while that is unknown.
    home = models.CharField(max_length=15)
    #: Its case, opened when it is taken in; its key seals what was told from the first word on.
    case = models.CharField(max_length=LENGTH)
    #: The incident it turned out to be part of; its case is part of that one's then.
    joins = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="joined", verbose_name="并入"
    )

    happened_at = models.DateTimeField("发生时间", null=True)
    #: 接报时间: when the telling began, which every clock starts from.
    received_at = models.DateTimeField("接报时间")
    received_by = models.CharField(max_length=40)
    source = CodeField("信息来源", table="incident-sources", blank=True, default="")
    caller_name = SealedField("报告人", subject="case", blank=True, default="", plain_max_length=40)
    caller_phone = SealedField(
        "报告人电话", subject="case", blank=True, default="", plain_max_length=40
    )
    #: Who told it from a telephone, by a message's link: an id of `base.people`. Name and number
    #: are looked up there, so that erasing the person erases them here too.
    teller = models.CharField(max_length=LENGTH, blank=True, default="")
    #: The telephone's own key of what it told, so that what is sent twice is one telling. Pictures
    #: and voices hang on the incident: subject ``("incident", id)`` of `base.files`.
    once = models.CharField(max_length=80, null=True, unique=True)  # noqa: DJ001 - null is "no key"
    #: By key of ``incident-figures``; what is not in it is not known.
    figures: Any = models.JSONField(default=dict)

    #: As a person confirmed it; null while nobody has, which holds nothing back.
    grade = models.PositiveSmallIntegerField("等级", null=True)
    grade_note = models.CharField(max_length=300, blank=True, default="")
    graded_at = models.DateTimeField(null=True)
    graded_by = models.CharField(max_length=40, blank=True, default="")
    verified_at = models.DateTimeField(null=True)
    verified_by = models.CharField(max_length=40, blank=True, default="")
    #: Which leader was told.
    leader = models.CharField(max_length=60, blank=True, default="")
    led_at = models.DateTimeField(null=True)
    led_by = models.CharField(max_length=40, blank=True, default="")
    reported_at = models.DateTimeField(null=True)
    final_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_why = models.CharField(max_length=300, blank=True, default="")
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name = "突发事件"
        indexes: ClassVar = [
            models.Index(fields=["home", "-received_at"], name="incident_home"),
            models.Index(fields=["received_at"], condition=Q(closed_at=None), name="incident_open"),
            models.Index(fields=["case"], name="incident_case"),
            models.Index(
                fields=["teller", "received_at"], condition=~Q(teller=""), name="incident_teller"
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=("draft", "dropped")) | Q(region__isnull=False),
                name="incident_somewhere",
            ),
            models.CheckConstraint(
                condition=Q(grade__isnull=True) | ~Q(graded_by=""),
                name="incident_graded_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.pk


class Report(models.Model):
    """One report upward. Once it went out it keeps what it said.

    What has changed since stands in the next one; what was wrong is put right by a correction.
    """

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="reports")
    #: 第几报 of this incident, from 1.
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=8, choices=[(key, zh) for key, (zh, _) in REPORTS.items()])
    office = models.CharField(max_length=15)
    year = models.PositiveSmallIntegerField()
    #: Number among the desk's reports of the year, as it stands on the paper.
    serial = models.PositiveIntegerField()
    #: By key of ``report-fields``; what is not in it is written as 待核.
    content: Any = models.JSONField(default=dict)
    #: 更正: the report it puts right, and why; that one keeps its words.
    corrects = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="corrections", verbose_name="更正哪一份"
    )
    reason = models.CharField("更正理由", max_length=300, blank=True, default="")
    drafted_at = models.DateTimeField()
    drafted_by = models.CharField(max_length=40)
    #: When it was signed or first told; null while it may still be changed.
    fixed_at = models.DateTimeField(null=True)
    signed_at = models.DateTimeField(null=True)
    signed_by = models.CharField(max_length=40, blank=True, default="")
    #: Name of whoever agreed by word of mouth, written down by `signed_by`; "" when they signed.
    oral = models.CharField(max_length=60, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["incident", "number"], name="report_number_once"),
            models.UniqueConstraint(fields=["office", "year", "serial"], name="report_serial_once"),
            models.UniqueConstraint(
                fields=["incident"], condition=Q(fixed_at=None), name="report_one_draft"
            ),
            models.CheckConstraint(
                condition=Q(kind="correct", corrects__isnull=False) & ~Q(reason="")
                | ~Q(kind="correct") & Q(corrects=None),
                name="report_corrects_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.number}"

    @property
    def form(self) -> str:
        """Tell of which kind its fields are: a correction has those of what it puts right."""
        return self.kind if self.corrects is None else self.corrects.form


class Dispatch(models.Model):
    """已报送: a report reached somebody, by name, at a time, by telephone or in writing."""

    report = models.ForeignKey(Report, models.PROTECT, related_name="dispatches")
    to = CodeField("报给谁", table="report-recipients")
    unit = models.CharField("接收单位", max_length=100, blank=True, default="")
    way = models.CharField(max_length=8, choices=[(key, zh) for key, (zh, _) in WAYS.items()])
    receiver = models.CharField("接收人", max_length=60)
    at = models.DateTimeField("报送时间")
    by = models.CharField(max_length=40)
    noted_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(receiver=""), name="dispatch_has_receiver")
        ]

    def __str__(self) -> str:
        return f"{self.report_id} {self.to} {self.way}"


class Clock(models.Model):
    """One statutory deadline that runs: a report of a kind, to somebody, by a way."""

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="clocks")
    #: Row of ``report-clocks`` that asks for it.
    rule = models.CharField(max_length=40)
    #: How often this rule began here: a 续报 is due again and again.
    turn = models.PositiveIntegerField(default=1)
    report = models.CharField(max_length=12)
    to = models.CharField(max_length=12)
    way = models.CharField(max_length=8)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    #: "" where nobody could be made to owe it: the page shows the gap.
    obligation = models.CharField(max_length=LENGTH, blank=True, default="")
    met_by = models.ForeignKey(Dispatch, models.PROTECT, null=True, related_name="+")
    #: Met, or no longer asked for.
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["incident", "rule", "turn"], name="clock_once")
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.rule} {self.turn}"


class Instruction(models.Model):
    """领导批示: what a leader said, who shall see to it, and what came back."""

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="instructions")
    leader = models.CharField("批示人", max_length=60)
    text = SealedField("批示内容", subject="seal_subject", plain_max_length=2000)
    given_at = models.DateTimeField("批示时间")
    by = models.CharField(max_length=40)
    noted_at = models.DateTimeField()
    #: Who owes the feedback, as an obligation; "" where it asks for nothing.
    obligation = models.CharField(max_length=LENGTH, blank=True, default="")

    def __str__(self) -> str:
        return f"{self.incident_id} {self.leader}"

    @property
    def seal_subject(self) -> str:
        """Whose key seals it: the case's."""
        return self.incident.case
