"""Writing the journal: `record` in the deed's transaction, chaining by the leader, anchors."""

from anlan.base.journal.services.recording import Deed, record, record_many

__all__ = ["Deed", "record", "record_many"]
