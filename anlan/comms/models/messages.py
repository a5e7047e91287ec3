"""Messages, one a recipient, channel and purpose; and every try to get one through.

Rows hold ids and codes only. Numbers are opened from the vault when a message leaves, and texts
are written then: neither is kept here.
"""

from django.db import models
from django.db.models import Q

from anlan.comms.states import LIFECYCLE
from anlan.kernel.ids import LENGTH, new_id


class Message(models.Model):
    """One message to one person, for one purpose, through one channel."""

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id)
    #: What it is for: ("obligation", id), ("readiness", id) ...; `comms.purposes` knows the kinds.
    purpose_kind = models.CharField(max_length=24)
    purpose = models.CharField(max_length=64)
    #: Which wording it takes: the kind of obligation, as a rule.
    kind = models.CharField(max_length=40, blank=True)
    #: The word a ladder's rung uses (sms, voice, knock ...), or the key of one declared channel.
    channel = models.CharField("渠道", max_length=40)
    #: Whom: a person through a post. Without a person it is for whoever is there (a knock, a
    #: loudspeaker), or nobody holds the post, which is a gap people see.
    post = models.CharField(max_length=LENGTH, blank=True)
    person = models.CharField(max_length=LENGTH, blank=True)
    region = models.CharField(max_length=15)
    case = models.CharField(max_length=LENGTH, blank=True)
    #: Which rung of the ladder turned to them, and which round of calls it belongs to.
    rung = models.PositiveSmallIntegerField(default=0)
    round = models.PositiveSmallIntegerField(default=0)
    #: 0 leaves first.
    priority = models.PositiveSmallIntegerField(default=5)

    state = models.CharField("状态", max_length=10, choices=LIFECYCLE.choices(), default="queued")
    #: Why it stands where it stands: a code of `comms.reasons`, for lists; the sentence is on the
    #: attempt.
    reason = models.CharField(max_length=24, blank=True)
    #: The declared channel that carried it last; "" before.
    carrier = models.CharField(max_length=40, blank=True)
    #: The number or address it went to last (`people.Phone`), never the number itself.
    phone = models.CharField(max_length=LENGTH, blank=True)
    #: The request it went in last; kept so that after a crash the same is asked, not another.
    request = models.CharField(max_length=LENGTH, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)

    queued_at = models.DateTimeField()
    queued_by = models.CharField(max_length=40)
    #: When the sender looks at it next; null when there is nothing for it to do.
    due_at = models.DateTimeField(null=True)
    #: After this nobody needs it any more.
    expires_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    #: Until when a receipt is waited for; null when none is.
    receipt_by = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    #: Which sending process holds it now; null when none does. In no index: every claim and every
    #: result would have to write it, and it is asked for only when a sender has died.
    sender = models.CharField(max_length=LENGTH, null=True)  # noqa: DJ001 - null is "nobody"

    class Meta:
        constraints = (
            # Begins with the purpose, whose ids grow: twenty thousand rows fill neighbouring pages.
            models.UniqueConstraint(
                fields=("purpose", "purpose_kind", "person", "post", "channel", "rung", "round"),
                name="message_once",
            ),
        )
        # Conditions are on null alone: SQLite cannot prove others from a statement's parameters.
        indexes = (
            models.Index(
                fields=("channel", "priority", "due_at"),
                condition=Q(due_at__isnull=False),
                name="message_due",
            ),
            models.Index(
                fields=("receipt_by",),
                condition=Q(receipt_by__isnull=False),
                name="message_receipt",
            ),
            models.Index(fields=("case", "id"), name="message_case"),
            models.Index(fields=("region", "-id"), name="message_region"),
            models.Index(fields=("person", "-id"), name="message_person"),
        )

    def __str__(self) -> str:
        return f"{self.channel} {self.purpose_kind}:{self.purpose} {self.state}"


class Attempt(models.Model):
    """One try: by a machine through a carrier, or by somebody at a telephone."""

    #: Found by `attempt_message`: an index of the key alone would be one more to write.
    message = models.ForeignKey(
        Message, on_delete=models.CASCADE, related_name="attempts", db_index=False
    )
    number = models.PositiveSmallIntegerField()
    carrier = models.CharField(max_length=40)
    phone = models.CharField(max_length=LENGTH, blank=True)
    #: What we call the request it went in, told to the carrier so that asking twice is once.
    request = models.CharField(max_length=LENGTH, blank=True)
    #: What the carrier calls it; receipts come back under this name.
    ticket = models.CharField(max_length=64, blank=True)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    #: sending, sent, failed, unknown; by hand: connected, no-answer, busy, off, dead.
    outcome = models.CharField(max_length=12)
    reason = models.CharField(max_length=24, blank=True)
    #: The reason in words, secrets and numbers blotted out.
    detail = models.CharField(max_length=200, blank=True)
    receipt_at = models.DateTimeField(null=True)
    #: delivered or failed, as the carrier told later; "" until then.
    receipt = models.CharField(max_length=10, blank=True)
    #: Short messages one text was cut into; None where that has no meaning.
    parts = models.PositiveSmallIntegerField(null=True)
    by = models.CharField(max_length=40)

    class Meta:
        indexes = (
            models.Index(fields=("message", "number"), name="attempt_message"),
            models.Index(fields=("ticket",), condition=~Q(ticket=""), name="attempt_ticket"),
            models.Index(fields=("request",), condition=~Q(request=""), name="attempt_request"),
            models.Index(fields=("carrier", "-began_at"), name="attempt_carrier"),
        )

    def __str__(self) -> str:
        return f"{self.message_id} {self.number} {self.outcome}"
