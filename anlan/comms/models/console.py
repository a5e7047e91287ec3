"""What the console twin shows instead of sending."""

from django.db import models

from anlan.base.vault.fields import SealedField
from anlan.comms.models.messages import Message


class ConsoleNote(models.Model):
    """One message as it would have left: in exercises and demonstrations it goes no further."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    #: The number with its middle hidden.
    masked = models.CharField(max_length=40, blank=True)
    text = SealedField(subject="seal_subject", blank=True, default="")

    class Meta:
        indexes = (models.Index(fields=("message",), name="console_message"),)

    def __str__(self) -> str:
        return f"{self.message_id} {self.masked}"

    @property
    def seal_subject(self) -> str:
        """Whose key seals the text: the case's, or the message's own."""
        return self.message.case or self.message_id
