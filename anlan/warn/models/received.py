"""What departments send: the original bytes, what was read of them, the ways they came by."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from anlan.kernel.ids import LENGTH, new_id
from anlan.protocols.alerting.signing import State
from anlan.warn.states import HANDLING, RECEIVED

#: CAP allows any text; national identifiers have 29 to 31 characters.
LONGEST_IDENTIFIER = 255


class Original(models.Model):
    """The bytes of a message exactly as they came; never changed."""

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id)
    #: SM3 of the bytes, hexadecimal.
    digest = models.CharField(max_length=64, unique=True)
    content_type = models.CharField(max_length=100, blank=True, default="")
    size = models.PositiveIntegerField()
    body = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = "预警原文"

    def __str__(self) -> str:
        return self.digest


class Received(models.Model):
    """A department's message. The same one by two ways is one row with two arrivals.

    One whose signature is broken is a row by itself: it is seen, and does nothing.
    Words, names and times are those of the station and are never edited; what this table holds of
    them was read from `original`.
    """

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id)
    original = models.ForeignKey(Original, models.PROTECT, related_name="+")
    #: How it came first: push, poll, paste or manual.
    way = models.CharField("来路", max_length=12)
    source = models.CharField("来源", max_length=80, blank=True, default="")
    form = models.CharField("格式", max_length=20)

    identifier = models.CharField(
        "发布单位编号", max_length=LONGEST_IDENTIFIER, blank=True, default=""
    )
    sender = models.CharField("发布单位代码", max_length=255, blank=True, default="")
    station = models.TextField("发布单位")
    #: The time the station wrote on it.
    sent_at = models.DateTimeField("发布时间")
    #: alert | update | cancel | ack | error, as the sender means it.
    action = models.CharField("动作", max_length=8)
    #: actual | exercise | system | test | draft; only ``actual`` may reach a telephone.
    status = models.CharField("性质", max_length=10)

    #: Key of ``issuers``; "" when nobody is named for its hazard.
    kind = models.CharField("种类", max_length=40, blank=True, default="")
    hazard = models.CharField("灾种", max_length=40, blank=True, default="")
    event_code = models.CharField("事件类型", max_length=20, blank=True, default="")
    event = models.CharField("事件名称", max_length=120, blank=True, default="")
    level = models.PositiveSmallIntegerField("级别", null=True)

    headline = models.TextField("标题", blank=True, default="")
    text = models.TextField("内容", blank=True, default="")
    instruction = models.TextField("防御指南", blank=True, default="")
    effective_at = models.DateTimeField("生效时间", null=True)
    expires_at = models.DateTimeField("失效时间", null=True)

    #: The narrowest region that holds all of `regions`; our topmost one when there are none.
    region = models.ForeignKey("regions.Region", models.PROTECT, related_name="+")
    regions: Any = models.JSONField(default=list)
    #: Outline as GeoJSON, with every corner it came with; None when it came without one.
    area: Any = models.JSONField(null=True)
    #: The area in the sender's words.
    place = models.TextField("影响范围", blank=True, default="")
    #: What an officer must know before trusting it: [code, value] pairs, see ``warn.words``.
    notes: Any = models.JSONField(default=list)

    #: What its signature is worth, a value of ``protocols.alerting.signing.State``; "" for what
    #: came before anybody looked.
    signature = models.CharField("签名", max_length=10, blank=True, default="")
    #: Who signed, as the certificate says it; a stranger's certificate proves no name.
    signer = models.CharField("签名者", max_length=300, blank=True, default="")
    #: Who told exactly this, and by which way (``push:user:ID``, ``poll:system:feed:KEY``): the
    #: account, which nobody can write into a message; ``vouched:user:ID`` who let it count.
    tellers: Any = models.JSONField(default=list)

    state = models.CharField("状态", max_length=12, choices=RECEIVED.choices())
    handling = models.CharField("办理", max_length=12, choices=HANDLING.choices())
    #: Id of the first of its chain; its own when it is the first.
    root = models.CharField(max_length=LENGTH)
    #: Ids of the messages that this one changed or ended.
    replaces: Any = models.JSONField(default=list)
    #: The message that changed or ended this one.
    ended_by = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    #: When it stopped holding; null while it holds.
    ended_at = models.DateTimeField(null=True)
    handled_at = models.DateTimeField(null=True)
    handled_by = models.CharField(max_length=40, blank=True, default="")
    handled_why = models.CharField("理由", max_length=300, blank=True, default="")
    case = models.CharField(max_length=LENGTH, blank=True, default="")
    received_at = models.DateTimeField("收到时间")
    #: SM3 of the words without spaces and marks: the same text by a way that carries no identifier.
    words = models.CharField(max_length=64)

    class Meta:
        verbose_name = "收到的预警"
        constraints: ClassVar = [
            models.UniqueConstraint(
                # Whoever forges a message must not take the place of the true one: of what bears
                # one number and time, only what says the same is one.
                fields=["identifier", "sent_at", "words", "action", "status", "level"],
                condition=~Q(identifier="") & ~Q(signature=State.BROKEN.value),
                name="received_once",
            )
        ]
        # Conditions are on null alone, so that SQLite uses the indexes.
        indexes: ClassVar = [
            models.Index(
                fields=["region", "-id"], condition=Q(handled_at=None), name="received_waiting"
            ),
            models.Index(
                fields=["region", "-id"], condition=Q(ended_at=None), name="received_standing"
            ),
            models.Index(
                fields=["sender", "hazard"], condition=Q(ended_at=None), name="received_sender"
            ),
            models.Index(
                fields=["expires_at"], condition=Q(ended_at=None), name="received_expires"
            ),
            models.Index(fields=["region", "-id"], name="received_region"),
            models.Index(fields=["identifier"], name="received_identifier"),
            models.Index(fields=["words"], name="received_words"),
            models.Index(fields=["signature", "sender"], name="received_signing"),
            models.Index(fields=["root"], name="received_root"),
            models.Index(fields=["case"], name="received_case"),
        ]

    def __str__(self) -> str:
        return self.headline or self.station


class Arrival(models.Model):
    """One time a message came: by which way, with which bytes."""

    received = models.ForeignKey(Received, models.CASCADE, related_name="arrivals")
    original = models.ForeignKey(Original, models.PROTECT, related_name="+")
    way = models.CharField(max_length=12)
    source = models.CharField(max_length=80, blank=True, default="")
    by = models.CharField(max_length=40)
    at = models.DateTimeField()
    #: Whether it says something else under the same identifier and time: the sender's mistake.
    differs = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["received", "original", "way", "source"], name="arrival_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.received_id} {self.way}"


class Reference(models.Model):
    """An earlier message that one refers to; it may come later than the one that refers to it."""

    received = models.ForeignKey(Received, models.CASCADE, related_name="references")
    identifier = models.CharField(max_length=LONGEST_IDENTIFIER)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["received", "identifier"], name="reference_once")
        ]
        indexes: ClassVar = [models.Index(fields=["identifier"], name="reference_identifier")]

    def __str__(self) -> str:
        return self.identifier


class Refused(models.Model):
    """A message that could not be read, with the element that is wrong; kept until seen to."""

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id)
    original = models.ForeignKey(Original, models.PROTECT, related_name="+")
    region = models.ForeignKey("regions.Region", models.PROTECT, related_name="+")
    way = models.CharField("来路", max_length=12)
    source = models.CharField("来源", max_length=80, blank=True, default="")
    element = models.CharField("有误之处", max_length=200)
    reason = models.CharField("原因", max_length=400)
    #: How often the same bytes came from there.
    times = models.PositiveIntegerField(default=1)
    at = models.DateTimeField()
    by = models.CharField(max_length=40)
    seen_at = models.DateTimeField(null=True)
    seen_by = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        verbose_name = "退回的预警报文"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["original", "way", "source"], name="refused_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["region", "-id"], condition=Q(seen_at=None), name="refused_unseen")
        ]

    def __str__(self) -> str:
        return self.element
