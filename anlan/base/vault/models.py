"""Keys of persons and the search tokens that stand for their values.

A row of `Key` stays after its key is destroyed, as the mark that tells "destroyed" from "lost".
"""

from django.db import models

from anlan.kernel.ids import LENGTH


class Key(models.Model):
    """One subject's key, wrapped by the workspace's master key."""

    subject = models.CharField(primary_key=True, max_length=LENGTH)
    #: Nonce, ciphertext and tag (44 bytes); empty once destroyed.
    wrapped = models.BinaryField()
    #: Fingerprint of the master key that wrapped it (`ciphers.fingerprint`).
    master = models.CharField(max_length=8)
    made_at = models.DateTimeField()
    destroyed_at = models.DateTimeField(null=True)
    destroyed_by = models.CharField(max_length=40, blank=True)

    def __str__(self) -> str:
        return self.subject


class Token(models.Model):
    """A keyed digest of something one may search a subject by; says nothing without the key."""

    subject = models.CharField(max_length=LENGTH, db_index=True)
    kind = models.CharField(max_length=12)
    #: First 8 bytes of HMAC-SM3 as a signed number, which both databases index tightly.
    mac = models.BigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("kind", "mac", "subject"), name="token_once"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.mac:x}"
