"""What deeds on incidents are called in the journal."""

from anlan.base.journal.deeds import name_deed

TOPIC = "incident"
SUBJECT = "incident"

#: Verb -> key of the deed on an incident.
INCIDENT = {
    "told": name_deed("incidents.told", "手机上报", "Told by telephone page"),
    "taken": name_deed("incidents.taken", "接报", "Took an incident in"),
    "joined": name_deed("incidents.joined", "并入同一事件", "Joined to another incident"),
    "verified": name_deed("incidents.verified", "核实", "Verified an incident"),
    "figures": name_deed("incidents.figures", "更新数字", "Changed the figures"),
    "graded": name_deed("incidents.graded", "初判分级", "Graded an incident"),
    "led": name_deed("incidents.led", "报领导", "Told the leader of an incident"),
    "took-over": name_deed("incidents.took-over", "接办", "Took an incident over"),
    "dropped": name_deed("incidents.dropped", "认定不属实", "Found not to be so"),
    "archived": name_deed("incidents.archived", "归档", "Archived an incident"),
    "unmasked": name_deed(
        "incidents.unmasked", "查看报警人信息", "Read who called"
    ),
    "clock": name_deed("incidents.clock", "起算报告时限", "Began a reporting clock"),
    "clock-ended": name_deed("incidents.clock-ended", "不再要求报告", "Ended a reporting clock"),
    "report-drafted": name_deed("incidents.report-drafted", "起草报告", "Drafted a report"),
    "report-signed": name_deed("incidents.report-signed", "签发报告", "Signed a report"),
    "dispatched": name_deed("incidents.dispatched", "报送", "Reported upward"),
    "instructed": name_deed("incidents.instructed", "记录领导批示", "Noted an instruction"),
}  # fmt: skip
