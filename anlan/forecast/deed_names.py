"""What deeds of forecast are called in the journal."""

from anlan.base.journal.deeds import name_deed

TOPIC = "forecast"
SUBJECT = "forecast"

#: Verb -> key of the deed on a run.
RUN = {
    "started": name_deed("forecasts.started", "发起预报计算", "Asked for a forecast"),
    "again": name_deed("forecasts.started-again", "重新计算", "Asked for the forecast again"),
    "stopped": name_deed("forecasts.stopped", "停止预报计算", "Stopped a forecast"),
    "done": name_deed("forecasts.computed", "预报算完", "A forecast was computed"),
    "failed": name_deed("forecasts.failed", "预报没有算成", "A forecast failed"),
    "approved": name_deed("forecasts.approved", "签署预报", "Signed a forecast"),
    "rejected": name_deed("forecasts.rejected", "不采用预报", "Decided not to use a forecast"),
    "withdrawn": name_deed("forecasts.withdrawn", "撤回预报签署", "Withdrew a signed forecast"),
    "superseded": name_deed("forecasts.superseded", "预报被更新", "A newer forecast was signed"),
}

#: Verb -> key of the deed on a storm's bulletin.
BULLETIN = {
    "received": name_deed("bulletins.received", "收到台风路径", "Received a storm's track"),
}
