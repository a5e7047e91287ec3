"""The account of every deed.

`Entry` holds ids and a salted digest; `Detail` holds what the digest is of. Rows are only ever
inserted; the leader fills `seq` and `chain` once (`services.sealing`), and nothing changes them.
"""

from django.db import models
from django.db.models import F, Q

from anlan.kernel.ids import LENGTH


class Entry(models.Model):
    """Who did what to what, where and when."""

    #: Place in the chain, from 1 without a gap; None until the leader has chained it.
    seq = models.BigIntegerField(null=True, unique=True)
    at = models.DateTimeField()
    deed = models.CharField(max_length=64)
    by = models.CharField(max_length=40)
    subject_kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=64)
    region = models.CharField(max_length=15, blank=True)
    case = models.CharField(max_length=LENGTH, blank=True)
    #: Which part of the event stream hears of it: register, obligation, notice, alarm ...
    topic = models.CharField(max_length=16)
    #: SM3 of salt and body of the detail.
    digest = models.BinaryField()
    #: SM3 of the previous entry's chain value and this entry; None until chained.
    chain = models.BinaryField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=("subject_kind", "subject", "id"), name="entry_subject"),
            models.Index(fields=("case", "id"), condition=~Q(case=""), name="entry_case"),
            models.Index(F("id"), condition=Q(seq=None), name="entry_unchained"),
            models.Index(fields=("by", "id"), name="entry_by"),
            models.Index(fields=("at",), name="entry_at"),
        )

    def __str__(self) -> str:
        return f"{self.seq or '?'} {self.deed} {self.subject_kind}:{self.subject}"


class Detail(models.Model):
    """What changed. Personal values are in it only as the vault's ciphertext."""

    entry = models.OneToOneField(
        Entry, on_delete=models.PROTECT, primary_key=True, related_name="detail"
    )
    salt = models.BinaryField()
    #: Canonical JSON: ``{"changes": {column: [old, new]}, "facts": {...}}``.
    body = models.TextField()

    def __str__(self) -> str:
        return f"detail of {self.entry_id}"
