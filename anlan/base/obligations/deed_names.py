"""What deeds on obligations are called in the journal."""

from anlan.base.journal.deeds import name_deed

#: Verb of a deed -> its key in the journal.
DEEDS = {
    "owe": name_deed("obligations.owed", "下达", "Issued"),
    "reach": name_deed("obligations.reached", "送达", "Delivered"),
    "answer": name_deed("obligations.answered", "签收", "Signed for"),
    "report": name_deed("obligations.reported", "反馈", "Reported"),
    "note": name_deed("obligations.noted", "补充说明", "Said more"),
    "verify": name_deed("obligations.verified", "核实", "Verified"),
    "return": name_deed("obligations.returned", "退回", "Returned"),
    "withdraw": name_deed("obligations.withdrawn", "撤回", "Withdrawn"),
    "close": name_deed("obligations.closed", "销号", "Closed"),
    "climb": name_deed("obligations.climbed", "提级叫应", "Climbed"),
    "again": name_deed("obligations.told_again", "再次告知", "Told again"),
    "defer": name_deed("obligations.deferred", "调整期限", "Moved the deadline"),
    "lapse": name_deed("obligations.lapsed", "逾期", "Lapsed"),
    "extend": name_deed("obligations.extension_asked", "申请延期", "Asked for more time"),
    "pause": name_deed("obligations.pause_asked", "申请暂停", "Asked for a pause"),
    "approve": name_deed("obligations.approved", "批准", "Approved"),
    "refuse": name_deed("obligations.refused", "不批准", "Declined"),
    "resume": name_deed("obligations.resumed", "恢复计时", "Resumed"),
}
