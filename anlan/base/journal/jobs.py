"""Background work of the journal."""

from anlan.base.jobs.registry import JobContext, duty, every, job
from anlan.base.journal.services import anchoring, sealing

#: An entry that comes alone is chained at once, those that follow so closely together: with the
#: commit it stays within 50 ms.
GATHER_S = 0.02


@duty("journal", topics=("journal",), leader=True, apart=True, gather_s=GATHER_S)
def seal() -> int:
    """Chain what was committed."""
    sealed = sealing.seal_due()
    anchoring.note_head(grown=bool(sealed))
    return sealed


@every(hours=1)
@job("journal.anchor", title="留痕锚定", title_en="Anchor the journal")
def anchor(_context: JobContext) -> None:
    """Sign the head of the chain and keep it outside the database."""
    anchoring.anchor(by="system:journal")
