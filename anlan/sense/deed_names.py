"""What deeds of sense are called in the journal."""

from anlan.base.journal.deeds import name_deed

TOPIC = "alarm"

#: Verb -> key of the deed on an alarm.
ALARM = {
    "raised": name_deed("alarms.raised", "报警", "Raised"),
    "worsened": name_deed("alarms.worsened", "升级", "Worsened"),
    "eased": name_deed("alarms.eased", "降级", "Eased"),
    "returned": name_deed("alarms.returned", "再次越限", "Came back"),
    "cleared": name_deed("alarms.cleared", "解除", "Cleared"),
    "acknowledged": name_deed("alarms.acknowledged", "确认报警", "Acknowledged"),
    "classified": name_deed("alarms.classified", "报警定性", "Classified the cause"),
    "shelved": name_deed("alarms.shelved", "搁置", "Shelved"),
    "unshelved": name_deed("alarms.unshelved", "取消搁置", "Unshelved"),
    "closed": name_deed("alarms.closed", "销号", "Closed"),
}

RULE = {
    "created": name_deed("rules.created", "新建报警规则", "Made an alarm rule"),
    "edited": name_deed("rules.edited", "修改报警规则", "Edited an alarm rule"),
    "enabled": name_deed("rules.enabled", "启用报警规则", "Switched an alarm rule on"),
    "disabled": name_deed("rules.disabled", "停用报警规则", "Switched an alarm rule off"),
    "retired": name_deed("rules.retired", "作废报警规则", "Withdrew an alarm rule"),
    "loaded": name_deed("rules.loaded", "载入默认规则", "Loaded the default rules"),
}

KEY = {
    "made": name_deed("device-keys.made", "建立设备密钥", "Made a device key"),
    "revoked": name_deed("device-keys.revoked", "收回设备密钥", "Revoked a device key"),
}

MAINTENANCE = {
    "begun": name_deed("maintenance.announced", "登记检修", "Announced maintenance"),
    "ended": name_deed("maintenance.ended", "结束检修", "Ended maintenance"),
}

BACKFILL = {
    "accepted": name_deed("backfills.accepted", "确认补录观测值", "Accepted old observations"),
    "stored": name_deed("backfills.stored", "补录观测值", "Filled in old observations"),
}
