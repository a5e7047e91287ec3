"""The same message by a second way may say what the first one left out: its number, its area.

What the first one said is never changed; only what it did not say is filled in.
"""

from anlan.warn.models import Received
from anlan.warn.reading import Parsed
from anlan.warn.selectors.areas import Cover
from anlan.warn.services.receiving.ledger import Ledger

#: What a message without an area is marked with, until one comes.
MISSING = ("no-area", "elsewhere")


def complete(row: Received, one: Parsed, cover: Cover, ledger: Ledger) -> None:
    """Fill in what was missing: a text pasted in haste has neither number nor area."""
    if not row.identifier and one.identifier:
        row.identifier, row.sender = one.identifier, one.sender
        ledger.by_identifier[row.identifier].append(row)
    if row.expires_at is None and one.expires_at is not None:
        row.expires_at = one.expires_at
    if not row.regions and cover.regions:
        row.regions, row.region_id = list(cover.regions), cover.region
        row.area, row.place = cover.outline, one.place
        row.notes = [note for note in row.notes if note[0] not in MISSING] + [
            list(note) for note in cover.notes
        ]
