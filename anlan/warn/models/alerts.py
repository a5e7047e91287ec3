"""Alerts that we send: a department's word for word, or our own."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from anlan.base.vault.fields import SealedField
from anlan.kernel.ids import LENGTH, new_id
from anlan.warn.models.orders import StandingOrder
from anlan.warn.models.received import Received
from anlan.warn.states import ALERT


class Alert(models.Model):
    """One alert, from its draft on. Once it went out it is not edited: the next one replaces it."""

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id)
    #: What it is called outside (CAP, national message); null until it goes out.
    identifier = models.CharField(max_length=120, null=True, unique=True)  # noqa: DJ001 - none yet
    #: Key of ``issuers``.
    kind = models.CharField("种类", max_length=40)
    relayed = models.BooleanField("原文转发", default=False)
    received = models.ForeignKey(Received, models.PROTECT, null=True, related_name="alerts")
    hazard = models.CharField("灾种", max_length=40, blank=True, default="")
    level = models.PositiveSmallIntegerField("级别", null=True)
    #: issue | update | raise | lower | extend | cancel | withdraw
    action = models.CharField("动作", max_length=8, default="issue")
    state = models.CharField("状态", max_length=12, choices=ALERT.choices(), default=ALERT.initial)

    title = models.CharField("标题", max_length=200)
    #: What goes out: the station's bytes as text, or what the template and the officer made.
    text = models.TextField("内容")
    #: Own alerts: what was filled in, by code of ``warning-contents``.
    parts: Any = models.JSONField(default=dict)
    instruction = models.TextField("防御指南", blank=True, default="")
    #: Who issues it, as it is written on it.
    station = models.TextField("发布单位")
    #: The time written on it: the station's own, or when it went out; null before.
    sent_at = models.DateTimeField("发布时间", null=True)

    #: The narrowest region that holds all of `regions`.
    region = models.ForeignKey("regions.Region", models.PROTECT, related_name="+")
    #: In whose name it goes out: rights to write, review, issue and end it are asked there.
    seat = models.ForeignKey("regions.Region", models.PROTECT, null=True, related_name="+")
    regions: Any = models.JSONField(default=list)
    #: Outline as GeoJSON; None when the area is given by regions alone.
    area: Any = models.JSONField(null=True)
    place = models.TextField("影响范围", blank=True, default="")
    effective_at = models.DateTimeField("生效时间", null=True)
    expires_at = models.DateTimeField("失效时间", null=True)

    #: Id of the first of its chain; its own when it is the first.
    root = models.CharField(max_length=LENGTH)
    previous = models.ForeignKey("self", models.PROTECT, null=True, related_name="successors")
    case = models.CharField(max_length=LENGTH)
    #: The alarm it was drafted from; "" when a person began it.
    alarm = models.CharField(max_length=LENGTH, blank=True, default="")
    #: Makes asking twice for the same draft one; null when it may repeat, or has gone out.
    once = models.CharField(max_length=80, null=True, unique=True)  # noqa: DJ001 - null is "no key"
    #: Whether everybody may read it (`/cap`), or only those it is for.
    public = models.BooleanField("公开", default=True)

    drafted_at = models.DateTimeField()
    drafted_by = models.CharField(max_length=40)
    #: Who changed the draft last; "" while it is as it was drafted.
    edited_by = models.CharField(max_length=40, blank=True, default="")
    submitted_at = models.DateTimeField(null=True)
    submitted_by = models.CharField(max_length=40, blank=True, default="")
    #: Until when the second person must have decided; after that one may act alone, and it is said.
    review_due = models.DateTimeField(null=True)
    approved_at = models.DateTimeField(null=True)
    approved_by = models.CharField(max_length=40, blank=True, default="")
    issued_at = models.DateTimeField("签发时间", null=True)
    issued_by = models.CharField(max_length=40, blank=True, default="")
    standing_order = models.ForeignKey(
        StandingOrder, models.PROTECT, null=True, related_name="alerts"
    )
    #: The level of the alarm that a standing order acted on; a worse one makes it act again.
    alarm_level = models.PositiveSmallIntegerField(null=True)
    #: When it stopped holding, or was dropped as a draft; null before.
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=40, blank=True, default="")
    ended_why = models.CharField(max_length=300, blank=True, default="")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = "预警"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["received"],
                condition=Q(relayed=True) & ~Q(state__in=("dropped", "withdrawn")),
                name="alert_relayed_once",
            ),
            models.CheckConstraint(
                condition=Q(issued_at=None) | Q(identifier__isnull=False), name="alert_named"
            ),
        ]
        # Conditions are on null alone, so that SQLite uses the indexes.
        indexes: ClassVar = [
            models.Index(fields=["region", "-id"], condition=Q(ended_at=None), name="alert_open"),
            models.Index(fields=["region", "-id"], name="alert_region"),
            models.Index(fields=["expires_at"], condition=Q(ended_at=None), name="alert_expires"),
            models.Index(fields=["root"], name="alert_root"),
            models.Index(fields=["case"], name="alert_case"),
            models.Index(
                fields=["-issued_at"], condition=Q(issued_at__isnull=False), name="alert_issued"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def home(self) -> str:
        """Code of the region in whose name it goes out."""
        return str(self.seat_id or self.region_id)


class Approval(models.Model):
    """One word said on an alert's way out: approved, returned, by telephone, alone."""

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id)
    alert = models.ForeignKey(Alert, models.CASCADE, related_name="approvals")
    #: approve | return | oral | alone; the last is one person acting for two, and says why.
    verb = models.CharField(max_length=8)
    at = models.DateTimeField()
    by = models.CharField(max_length=40)
    reason = models.CharField("说明", max_length=300, blank=True, default="")
    #: Oral approval: the post that approved, its holder, and the telephone it was said on.
    post = models.ForeignKey("people.Post", models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey("people.Person", models.PROTECT, null=True, related_name="+")
    phone = models.ForeignKey("people.Phone", models.PROTECT, null=True, related_name="+")
    #: Any other telephone it was said on (an office's line), as it was typed.
    number = SealedField(subject="person_id", blank=True, default="", plain_max_length=20)
    #: When it was said; differs from `at` when it is written down afterwards.
    said_at = models.DateTimeField(null=True)
    #: When the one who approved by telephone signed; null while the signature is owed.
    signed_at = models.DateTimeField(null=True)
    signed_by = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["alert", "id"], name="approval_alert"),
            models.Index(
                fields=["at"],
                condition=Q(said_at__isnull=False, signed_at=None),
                name="approval_unsigned",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.alert_id} {self.verb}"


class Published(models.Model):
    """The bytes of an alert as they lie in the open: CAP, signed, and the national message."""

    alert = models.OneToOneField(Alert, models.CASCADE, primary_key=True, related_name="published")
    #: CAP 1.2, signed; empty when it could not be written.
    cap = models.BinaryField()
    #: The national message; null where no sender's code is set.
    national = models.BinaryField(null=True)
    #: What it is called in the national system; what follows it names it so.
    national_name = models.CharField(max_length=40, blank=True, default="")
    #: Its entry of the feed.
    entry = models.BinaryField(default=b"")
    #: SM3 of `cap`, hexadecimal.
    digest = models.CharField(max_length=64, blank=True, default="")
    #: Why it could not be written; the alert is in force all the same.
    fault = models.CharField(max_length=300, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["at"], name="published_at")]

    def __str__(self) -> str:
        return self.digest


class OpenEdition(models.Model):
    """One row, renewed whenever what lies in the open changes.

    Whoever keeps the feed in memory keeps it as long as `stamp` is the same.
    """

    stamp = models.CharField(max_length=LENGTH)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.stamp


class ResponseDue(models.Model):
    """What an alert asks for here, and who said what about it (预警响应联动)."""

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id)
    alert = models.ForeignKey(Alert, models.PROTECT, related_name="responses")
    root = models.CharField(max_length=LENGTH)
    region = models.ForeignKey("regions.Region", models.PROTECT, related_name="+")
    hazard = models.CharField(max_length=40, blank=True, default="")
    level = models.PositiveSmallIntegerField(null=True)
    #: Row of ``response-due`` that asks for it.
    rule = models.CharField(max_length=60)
    measures: Any = models.JSONField(default=list)
    #: Level of ``response-levels`` that is due; None when measures alone are.
    response = models.PositiveSmallIntegerField(null=True)
    obligation = models.CharField(max_length=LENGTH, blank=True, default="")
    due_at = models.DateTimeField()
    case = models.CharField(max_length=LENGTH)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=40, blank=True, default="")
    #: started | measures | not-needed
    answer = models.CharField(max_length=12, blank=True, default="")
    #: The level started, where one was.
    started = models.PositiveSmallIntegerField(null=True)
    taken: Any = models.JSONField(default=list)
    reason = models.CharField(max_length=300, blank=True, default="")
    #: When it stopped being asked for: answered, or the alert ended, or a higher level took over.
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["root", "rule", "region"], name="response_due_once")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["region", "-id"], condition=Q(closed_at=None), name="response_due_open"
            ),
            models.Index(fields=["case"], name="response_due_case"),
        ]

    def __str__(self) -> str:
        return f"{self.root} {self.level}"
