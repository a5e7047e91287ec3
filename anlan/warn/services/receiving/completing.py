"""The same message by a second way may say what the first one left out: its number, its area.

What the first one said is not changed; only what it did not say is filled in. When it ends is never
filled in nor brought forward by another one's account, which would end it; a later end is taken,
for whoever was first need not have been the station.
"""

from datetime import timedelta

from anlan.protocols.alerting.signing import State
from anlan.warn.models import Received
from anlan.warn.reading import Parsed
from anlan.warn.selectors.areas import Cover
from anlan.warn.services.receiving.ledger import Ledger

#: An end so soon after it was sent does not stand against a copy that gives none.
SOON = timedelta(hours=1)
#: What a message without an area is marked with, until one comes.
MISSING = ("no-area", "elsewhere")
#: Notes on what others' copies say: the area they gave, another end, another area.
AREA_BY, ENDS_AT, AREA_DIFFERS = "area-by", "ends-at", "area-differs"


def complete(row: Received, one: Parsed, cover: Cover, ledger: Ledger, *, own: bool) -> bool:
    """Fill in what was missing: a text pasted in haste has neither number nor area.

    `own` tells that it comes by an account that told it before. Returns whether it has an area only
    now; then it is as new.
    """
    if not row.identifier and one.identifier:
        row.identifier, row.sender = one.identifier, one.sender
        ledger.by_identifier[row.identifier].append(row)
    _settle_end(row, one, own=own)
    if row.regions or not cover.regions:
        if cover.regions and sorted(cover.regions) != sorted(row.regions):
            _remark(row, AREA_DIFFERS, one.place or "、".join(cover.regions))
        return False
    row.regions, row.region_id = list(cover.regions), cover.region
    row.area, row.place = cover.outline, one.place
    row.notes = [note for note in row.notes if note[0] not in MISSING] + [
        list(note) for note in cover.notes
    ]
    if not own:
        _remark(row, AREA_BY, one.place)
    return True


def _settle_end(row: Received, one: Parsed, *, own: bool) -> None:
    if one.expires_at == row.expires_at:
        return
    if row.expires_at is None:
        if own:
            row.expires_at = one.expires_at
        elif one.expires_at is not None:
            _remark(row, ENDS_AT, one.expires_at.isoformat())
    elif one.expires_at is None:
        if not own and row.expires_at - row.sent_at < SOON:
            row.expires_at = None
    elif one.expires_at > row.expires_at:
        row.expires_at = one.expires_at
    else:
        _remark(row, ENDS_AT, one.expires_at.isoformat())


def prove(row: Received, one: Parsed, cover: Cover) -> None:
    """Take a good signature over that came with a later copy of the same words and area."""
    if one.signature == State.TRUSTED and sorted(cover.regions) == sorted(row.regions):
        row.signature, row.signer = one.signature, one.signer


def _remark(row: Received, code: str, value: str) -> None:
    if [code, value] not in row.notes:
        row.notes = [*row.notes, [code, value]]
