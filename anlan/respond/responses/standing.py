"""What people owe in a response: steps, their verification, orders, a signature afterwards."""

from collections.abc import Collection, Mapping

from anlan.base.obligations.kinds import Ask, Words, kind
from anlan.comms.wording import Wording, declare_wording
from anlan.respond.responses.selectors.steps import asks_of, words_of
from anlan.respond.responses.selectors.verifying import (
    judges_of_orders,
    judges_of_steps,
    words_of_checks,
)
from anlan.respond.responses.services import (
    ask_to_verify,
    judge_by_answer,
    note_step_done,
    settle_checks,
)
from anlan.respond.responses.states import (
    CHECK,
    CHECKED_ORDER,
    CHECKED_STEP,
    ORDER,
    SIGNATURE,
    STEP,
)

PLAIN = ("issued", "reached", "answered", "reported", "closed")
CHECKED = ("issued", "reached", "answered", "reported", "verified", "closed")


def _words(steps: Collection[str]) -> Mapping[str, Words]:
    return words_of(steps)


def _forms(steps: Collection[str]) -> Mapping[str, tuple[Ask, ...]]:
    return asks_of(steps)


PLAN_STEP = kind(
    key=STEP, title="预案步骤", title_en="Step of a plan", states=PLAIN, ladder=STEP,
    consequence=note_step_done, words=_words, forms=_forms, noted=True, voice=True, photo=True,
)  # fmt: skip

CHECKED_PLAN_STEP = kind(
    key=CHECKED_STEP, title="预案步骤（须核实）", title_en="Step of a plan, verified by another",
    states=CHECKED, ladder=STEP, words=_words, forms=_forms, noted=True, voice=True, photo=True,
    heard=ask_to_verify, judges=judges_of_steps, judged=settle_checks,
)  # fmt: skip

STEP_CHECK = kind(
    key=CHECK, title="核实办理结果", title_en="Verify what was done",
    states=("issued", "reached", "answered", "closed"), ladder=CHECK, words=words_of_checks,
    heard=judge_by_answer,
    answer_form=(
        Ask("result", "核实结果", "What it comes to", "choice", required=True, choices=(
            ("verified", "已核实", "Verified"), ("returned", "退回重报", "Sent back"),
        )),
    ),
)  # fmt: skip

GIVEN = kind(
    key=ORDER, title="交办单", title_en="Order", states=PLAIN, ladder=ORDER, noted=True,
    voice=True, photo=True,
)  # fmt: skip

CHECKED_GIVEN = kind(
    key=CHECKED_ORDER, title="交办单（须核实）", title_en="Order, verified by another",
    states=CHECKED, ladder=ORDER, noted=True, voice=True, photo=True,
    heard=ask_to_verify, judges=judges_of_orders, judged=settle_checks,
)  # fmt: skip

SIGNED_LATER = kind(
    key=SIGNATURE, title="补签口头决定", title_en="Oral decision to sign",
    states=("issued", "reached", "answered", "closed"), ladder="alert-signature",
)  # fmt: skip

#: What has to be reported is not over with a signature: the words ask for it to be done.
DONE_BY = Wording(
    short="{workspace}【{kind}】{again}{title}，请于{due}前办完并反馈：{link}",
    full="{workspace}【{kind}】{again}{title}，请于{due}前办完并反馈：{link}\n{body}",
    spoken="{workspace}{kind}：{again}{title}。{body}请于{due}前办完并反馈。",
    long="{again}{title}\n{body}\n\n{region}　{post}\n请于{due}前办完并反馈：{link}",
)
for key in (STEP, CHECKED_STEP, ORDER, CHECKED_ORDER):
    declare_wording(key, DONE_BY)
declare_wording(
    CHECK,
    Wording(
        short="{workspace}【{kind}】{title}，请于{due}前核实：{link}",
        spoken="{workspace}{kind}：{title}。{body}。请于{due}前答复已核实或者退回。",
        long="{body}\n\n{region}　{post}\n请于{due}前核实：{link}",
    ),
)
