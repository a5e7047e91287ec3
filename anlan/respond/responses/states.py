"""States of proposals and of what a step comes to, and what turns are called, as data."""

#: Work in the background: what asks for a response is weighed; what waited becomes owed.
WEIGH, RIPEN = "respond.responses.weigh", "respond.responses.ripen"
#: Kinds of obligations: a step of a plan, one that somebody else verifies, a signature, orders.
STEP, CHECKED_STEP, SIGNATURE = "plan-step", "plan-step-checked", "response-signature"
ORDER, CHECKED_ORDER = "order", "order-checked"
#: And to verify what was reported on a step.
CHECK = "plan-step-check"

#: A proposal: what the situation asks for by a plan, until a person decides.
OPEN, DECLINED, TAKEN, GONE = "open", "declined", "taken", "gone"

PROPOSAL: dict[str, tuple[str, str]] = {
    OPEN: ("待决定", "To be decided"),
    DECLINED: ("不启动", "Declined"),
    TAKEN: ("已启动", "Started"),
    GONE: ("理由已消失", "Its reasons are gone"),
}

#: What a turn of a response is called.
TURNS: dict[str, tuple[str, str]] = {
    "start": ("启动", "Started"),
    "raise": ("提升", "Raised"),
    "lower": ("降低", "Lowered"),
    "expect": ("调整预计时间", "Expected at another time"),
    "end": ("结束", "Ended"),
}

#: What one post comes to with one step.
STANDINGS: dict[str, tuple[str, str]] = {
    "waiting": ("等前一步", "Waiting"),
    "owed": ("进行中", "Under way"),
    "late": ("逾期", "Late"),
    "done": ("已完成", "Done"),
    "carried": ("结束后继续办", "Goes on after the end"),
    "struck": ("不再要求", "No longer asked"),
    "nobody": ("没有人可下达", "Nobody to owe it"),
}

#: Where a reason of a proposal comes from.
SOURCES: dict[str, tuple[str, str]] = {
    "warning": ("预警", "Warning"),
    "forecast": ("已签署的预报", "Signed forecast"),
    "figure": ("实况数字", "Figure of the situation"),
}

EXPECTED: dict[str, tuple[str, str]] = {
    "landfall": ("登陆或最近", "Landfall or nearest"),
    "water": ("洪水到达", "Arrival of the water"),
    "wind": ("大风到达", "Arrival of the gale"),
    "night": ("天黑", "Nightfall"),
}
