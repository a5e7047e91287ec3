"""What deeds on whole cases are called in the journal."""

from anlan.base.journal.deeds import name_deed

EXPORTED = name_deed("cases.exported", "导出事件", "Exported a case")
