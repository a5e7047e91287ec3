"""What the console twin keeps of a message: its text sealed, its number masked."""

from collections.abc import Sequence
from datetime import datetime

from anlan.base.register.masking import mask
from anlan.base.vault.services import seal_many
from anlan.comms.carriers import Parcel
from anlan.comms.channels import Channel
from anlan.comms.models import ConsoleNote


def console_notes(parcels: Sequence[Parcel], channel: Channel, now: datetime) -> list[ConsoleNote]:
    """Make the notes of messages; each is sealed with the key of the case, or of its own."""
    sealed = seal_many(
        [(one.case or one.message, {"text": _read(one, channel)}) for one in parcels]
    )
    return [
        ConsoleNote(
            message_id=one.message, at=now, masked=mask(one.address) or "",
            text=texts["text"] or "",
        )
        for one, texts in zip(parcels, sealed, strict=True)
    ]  # fmt: skip


def _read(one: Parcel, channel: Channel) -> str:
    """Tell what its reader would see: the provider's own signature, a mail's subject above it."""
    text = str(one.told["charged"])
    return f"{one.told['subject']}\n\n{text}" if channel.needs == "mail" else text
