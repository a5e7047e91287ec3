"""The board of calls (叫应): who answered, who is silent, which posts are vacant, how long."""

from anlan.warn.selectors.board.callers import callers
from anlan.warn.selectors.board.contacts import Contacts, contact_gaps
from anlan.warn.selectors.board.progress import progress
from anlan.warn.selectors.board.showing import Query, board

__all__ = ["Contacts", "Query", "board", "callers", "contact_gaps", "progress"]
