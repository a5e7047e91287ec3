"""Page of the obligations: states, kinds and the ladders that come with the product."""

from anlan.base.obligations import ladders
from anlan.base.obligations.kinds import KINDS, Kind
from anlan.base.obligations.states import LIFECYCLE
from anlan.project.docs.code_tables import trust
from anlan.project.docs.markdown import Page, cell, code, page, table

UNITS = {"minute": "分钟", "hour": "小时", "day": "天", "working-day": "个工作日"}
CHANNELS = {
    "app": "应用", "sms": "短信", "voice": "语音", "sheet": "人工电话单", "knock": "上门",
    "loudspeaker": "大喇叭",
}  # fmt: skip
UNTIL = {"answered": "签收", "reported": "反馈"}


def obligations() -> Page:
    """Describe the one engine and what rests on it."""
    states = [
        [
            cell(one.label),
            code(one.code),
            "、".join(LIFECYCLE[to].label for to in one.to) or "（终）",
        ]
        for one in LIFECYCLE.states
    ]
    found = ladders.read(ladders.DEFAULTS)
    return page(
        "事项与叫应阶梯",
        "叫应、任务、交办单、督办单、待报，都是一种东西：某岗位在某时之前欠一个答复。",
        "## 状态",
        "每种事项只用其中几个。逾期不是状态，是一个记下的时刻：迟到的答复仍照常记录。",
        table(("状态", "码", "之后可以是"), states),
        "## 种类",
        table(
            ("种类", "键", "经过的状态", "阶梯", "须他人核实"),
            [_kind(one) for one in KINDS.values()],
        ),
        "## 随产品提供的阶梯",
        "怎样改，见[修改叫应阶梯](../howto/ladders.md)。时间从下达起算。",
        *(part for one in found.values() for part in _ladder(one)),
        "## 找谁",
        table(
            ("写法", "含义", "English"),
            [[code(key), zh, en] for key, (zh, en) in ladders.WHOM.items()],
        ),
    )


def _kind(one: Kind) -> list[str]:
    way = " → ".join(LIFECYCLE[state].label for state in one.states)
    return [cell(one.title), code(one.key), way, code(one.ladder), "是" if one.verified else "否"]


def _ladder(one: ladders.Ladder) -> list[str]:
    within = _span(one.answer_within) if one.answer_within else "不限"
    rows = [
        [
            str(number),
            _span(rung.after),
            ladders.WHOM[rung.whom][0],
            "、".join(CHANNELS[channel] for channel in rung.channels),
        ]
        for number, rung in enumerate(one.rungs, start=1)
    ]
    return [
        f"### {one.title}",
        f"键 `{one.key}`；答复时限 {within}；到「{UNTIL[one.until]}」为止；"
        f"可信度 {trust(one.confidence)}。",
        table(("步", "何时", "找谁", "办法（依次）"), rows),
    ]


def _span(span: ladders.Span) -> str:
    return f"{span.amount} {UNITS[span.unit]}" if span.amount else "立即"
