"""Links of the chain a review measures, what a lesson is about, states of a review; as data."""

#: Kinds of obligations: to review a response that ended; to mend what a review found.
REVIEW, LESSON = "review", "lesson"

OPEN, FINISHED = "open", "finished"

STATES: dict[str, tuple[str, str]] = {
    OPEN: ("复盘中", "Under review"),
    FINISHED: ("已完成", "Finished"),
}

#: Links from the first warning to the last deed, in their order.
LINKS: dict[str, tuple[str, str]] = {
    "relay": ("收到预警到转发", "From a warning's arrival to its relay"),
    "call": ("叫应到应答", "From the call to the answer"),
    "gap": ("应响应到答复", "From what was due to what was decided"),
    "start": ("建议到启动", "From the proposal to the start"),
    "sign": ("口头决定到补签", "From the spoken word to the signature"),
    "step": ("步骤下达到完成", "From a step's beginning to its end"),
    "order": ("交办到办结", "From an order to its end"),
}

#: What a lesson is about.
ABOUT: dict[str, tuple[str, str]] = {
    "plan": ("预案", "Plan"),
    "sensing": ("监测", "Sensing"),
    "forecast": ("预报", "Forecast"),
    "warning": ("预警叫应", "Warning and calls"),
    "response": ("响应指挥", "Command"),
    "moving": ("转移安置", "Evacuation"),
    "means": ("队伍物资", "Forces and stores"),
    "other": ("其他", "Other"),
}
