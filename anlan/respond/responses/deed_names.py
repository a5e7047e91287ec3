"""What deeds on responses are called in the journal."""

from anlan.base.journal.deeds import name_deed

TOPIC = "response"
SUBJECT = "response"
PROPOSAL_SUBJECT = "response-proposal"
ORDER_SUBJECT = "order"
#: Subject of an obligation: a step that began in a response.
STEP_SUBJECT = "response-step"
#: Subject of the obligation to verify a step: the step's own obligation.
CHECK_SUBJECT = "step-check"

#: Verb of a turn -> key of the deed.
RESPONSE = {
    "start": name_deed("responses.started", "启动应急响应", "Started a response"),
    "raise": name_deed("responses.raised", "提升应急响应", "Raised a response"),
    "lower": name_deed("responses.lowered", "降低应急响应", "Lowered a response"),
    "expect": name_deed("responses.expected", "调整预计时间", "Changed the expected moment"),
    "end": name_deed("responses.ended", "结束应急响应", "Ended a response"),
    "sign": name_deed("responses.signed", "补签口头决定", "Signed an oral decision"),
    "steps": name_deed("responses.steps_begun", "下达预案步骤", "Began steps of a plan"),
    "ripe": name_deed("responses.steps_ripe", "后续步骤下达", "Steps that waited are owed"),
    "moved": name_deed(
        "responses.deadlines_moved", "随预计时间调整期限", "Deadlines moved with what they hang on"
    ),
    "struck": name_deed("responses.steps_struck", "不再要求步骤", "Struck steps off"),
}
PROPOSAL = {
    "made": name_deed("responses.proposed", "提出响应建议", "Proposed a response"),
    "changed": name_deed("responses.reproposed", "更新响应建议", "Changed a proposal"),
    "gone": name_deed("responses.proposal_gone", "建议理由消失", "A proposal lost its reasons"),
    "declined": name_deed("responses.declined", "不予启动", "Declined a proposal"),
}
ORDERED = name_deed("responses.ordered", "下达交办单", "Gave an order")
