"""What obligations ask in full: sealed with each, or told by its kind for all of a subject."""

from collections.abc import Sequence
from typing import NamedTuple

from anlan.base.obligations.kinds import KINDS, Words
from anlan.base.obligations.models import Obligation
from anlan.base.vault import services as vault

NO_WORDS = Words("")


class Worded(NamedTuple):
    """What telling the words needs of an obligation."""

    kind: str
    subject: str
    #: As it is kept: sealed.
    body: str
    seal_subject: str


def words_of(rows: Sequence[Obligation]) -> list[Words]:
    """Tell the words of obligations, in their order."""
    return words_told([Worded(row.kind, row.subject, row.body, row.seal_subject) for row in rows])


def words_told(rows: Sequence[Worded]) -> list[Words]:
    """Tell the words of obligations of which no more than this was read."""
    sealed = vault.open_many([(row.seal_subject, {"body": row.body or None}) for row in rows])
    subjects: dict[str, set[str]] = {}
    for row in rows:
        if KINDS[row.kind].words:
            subjects.setdefault(row.kind, set()).add(row.subject)
    told = {
        kind: tell(sorted(wanted))
        for kind, wanted in subjects.items()
        if (tell := KINDS[kind].words) is not None
    }
    return [
        Words(texts["body"]) if texts["body"]
        else told.get(row.kind, {}).get(row.subject, NO_WORDS)
        for row, texts in zip(rows, sealed, strict=True)
    ]  # fmt: skip
