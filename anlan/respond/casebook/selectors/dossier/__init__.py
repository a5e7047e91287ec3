"""A case as one paper to read (事件案卷): what happened, who decided, what was owed, what it cost.

It sums up; every single row is in the other forms of the export, and the paper says so.
"""

from anlan.respond.casebook.selectors.dossier.composing import write_dossier

__all__ = ["write_dossier"]
