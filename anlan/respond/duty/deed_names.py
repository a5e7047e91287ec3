"""What deeds of the duty desk are called in the journal."""

from anlan.base.journal.deeds import name_deed

TOPIC = "duty"
ENTRY, HANDOVER, ROLL_CALL = "duty-entry", "handover", "roll-call"

NOTED = name_deed("duty.noted", "记值班日志", "Wrote in the duty log")
HANDED_OVER = name_deed("duty.handed-over", "交班", "Handed the watch over")
TAKEN_OVER = name_deed("duty.taken-over", "接班", "Took the watch over")
CALLED = name_deed("duty.roll-called", "点名查岗", "Called the roll")
PLANNED = name_deed("duty.roll-call-planned", "安排随机查岗", "Planned a roll call at random")
