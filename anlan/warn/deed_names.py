"""What deeds of warn are called in the journal."""

from anlan.base.journal.deeds import name_deed

TOPIC = "alert"

#: Verb -> key of the deed on a department's message.
RECEIVED = {
    "received": name_deed("received.received", "收到预警", "Received a warning"),
    "again": name_deed("received.again", "再次收到", "Received again"),
    "refused": name_deed("received.refused", "退回报文", "Refused a message"),
    "seen": name_deed("received.seen", "退回报文已处理", "Saw to a refused message"),
    "replaced": name_deed("received.replaced", "被更新", "Replaced"),
    "cancelled": name_deed("received.cancelled", "被解除", "Cancelled"),
    "withdrawn": name_deed("received.withdrawn", "被撤销", "Withdrawn"),
    "expired": name_deed("received.expired", "过期", "Expired"),
    "standing": name_deed("received.stands-again", "恢复生效", "Holds again"),
    "heeded": name_deed("received.heeded", "采信", "Let it count"),
    "dismissed": name_deed("received.dismissed", "不转发", "Decided not to relay"),
}

#: Verb -> key of the deed on an alert of ours.
ALERT = {
    "drafted": name_deed("alerts.drafted", "起草预警", "Drafted an alert"),
    "edited": name_deed("alerts.edited", "修改预警草稿", "Edited a draft alert"),
    "submitted": name_deed("alerts.submitted", "提交审核", "Sent an alert for review"),
    "returned": name_deed("alerts.returned", "退回修改", "Returned an alert for changes"),
    "approved": name_deed("alerts.approved", "审核通过", "Approved an alert"),
    "orally": name_deed("alerts.approved-orally", "口头授权", "Approved an alert by telephone"),
    "signed": name_deed("alerts.signed", "补签授权", "Signed afterwards"),
    "alone": name_deed("alerts.acted-alone", "一人签发", "Acted alone"),
    "relayed": name_deed("alerts.relayed", "原文转发", "Relayed a warning word for word"),
    "issued": name_deed("alerts.issued", "签发预警", "Issued an alert"),
    "dropped": name_deed("alerts.dropped", "作废草稿", "Dropped a draft"),
    "expired": name_deed("alerts.expired", "预警过期", "The alert expired"),
}

ORDER = {
    "signed": name_deed("standing-orders.signed", "签署预置授权", "Signed a standing order"),
    "revoked": name_deed("standing-orders.revoked", "收回预置授权", "Revoked a standing order"),
}

RESPONSE = {
    "due": name_deed("responses-due.opened", "应启动响应", "A response is due"),
    "answered": name_deed("responses-due.answered", "答复响应", "Answered what is due"),
    "closed": name_deed("responses-due.closed", "不再要求响应", "No longer due"),
}

#: Verb -> key of the deed on a round of calls.
CALL = {
    "began": name_deed("calls.began", "开始叫应", "Began calling"),
    "opened": name_deed("calls.opened", "叫应已全部下达", "Everybody was called"),
    "pressed": name_deed("calls.pressed", "补叫未应岗位", "Called the silent by hand"),
    "ended": name_deed("calls.ended", "结束叫应", "Ended the calls"),
    "read": name_deed("calls.unreached-read", "查看未叫到的住户", "Read households not reached"),
}

#: Verb -> key of the deed on a village that fell silent.
VILLAGE = {
    "silent": name_deed("villages.fell-silent", "整村失联", "A village fell silent"),
    "heard": name_deed("villages.heard-again", "失联解除", "A village was heard again"),
}
