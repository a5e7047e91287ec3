"""What deeds of losses are called in the journal."""

from anlan.base.journal.deeds import name_deed

TOPIC = "losses"
SUBJECT = "losses"

#: Verb -> key of the deed on a matter's losses.
LOSSES = {
    "opened": name_deed("losses.opened", "开始统计灾情", "Began to count losses"),
    "reported": name_deed("losses.reported", "报出灾情", "Handed in a loss report"),
    "sent": name_deed("losses.sent", "登记灾情已报送", "Noted that a loss report was received"),
    "steady": name_deed("losses.steady", "认定灾情稳定", "Said that losses grow no more"),
    "closed": name_deed("losses.closed", "结束灾情统计", "Ended the count of losses"),
    "exported": name_deed("losses.exported", "导出灾情表", "Exported a loss sheet"),
}
