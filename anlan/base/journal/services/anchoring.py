"""Signing the head of the chain: every hour, as the chain grows, and by a person's deed."""

import time
from dataclasses import replace

from django.db import transaction

from anlan.base.journal import anchors
from anlan.base.journal.anchors import Anchor
from anlan.base.journal.models import Entry
from anlan.base.journal.services.recording import record
from anlan.base.journal.services.sealing import seal_due
from anlan.kernel import clock, workspace
from anlan.kernel.errors import Conflict

#: When ``head.json`` was renewed last, and whether the chain has grown since.
_noted, _owed = 0.0, True


def anchor(*, by: object) -> Anchor | None:
    """Sign the present head and keep it; None when nothing is chained yet."""
    made = _signed_head(str(getattr(by, "ref", by)))
    if made is None:
        return None
    name = f"{made.seq:012d}-{clock.real_now():%Y%m%dT%H%M%S%f}"
    anchors.keep(anchors.folder() / f"{name}.txt", anchors.printable(made))
    anchors.keep(anchors.folder() / f"{name}.json", anchors.spelled(made))
    anchors.keep(anchors.folder() / anchors.HEAD, anchors.spelled(made))
    return made


def note_head(*, grown: bool) -> None:
    """Renew ``head.json`` after the chain has grown, at most once a second."""
    global _noted, _owed
    _owed = _owed or grown
    if not _owed or time.monotonic() - _noted < 1.0:
        return
    made = _signed_head("system:journal")
    if made is not None:
        anchors.keep(anchors.folder() / anchors.HEAD, anchors.spelled(made))
    _noted, _owed = time.monotonic(), False


def _signed_head(by: str) -> Anchor | None:
    head = Entry.objects.exclude(seq=None).order_by("-seq").values_list("seq", "chain").first()
    if head is None or head[0] is None or head[1] is None:
        return None
    key = anchors.signing_key()
    plain = Anchor(
        workspace=workspace.current().name,
        seq=head[0],
        chain=bytes(head[1]).hex(),
        at=clock.real_now().isoformat(timespec="seconds"),
        by=by,
        public_key=key.public_key().public_bytes_raw().hex(),
    )
    return replace(plain, signature=key.sign(plain.message).hex())


def seal_head(*, by: object) -> Anchor:
    """Sign the head as a deed of a person, who prints it; `Conflict` when nothing is chained.

    The deed itself is noted first and chained, so that the signed head contains who signed it.
    """
    with transaction.atomic():
        record(deed="journal.sealed", by=by, subject=("journal", workspace.current().name))
    while seal_due():
        pass
    made = anchor(by=by)
    if made is None:
        raise Conflict("留痕还是空的")
    return made
