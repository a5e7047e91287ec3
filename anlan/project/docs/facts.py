"""Page of the facts: what modules tell each other, field by field."""

import inspect

from anlan.kernel.events import Event, handlers_of
from anlan.project.docs.comments import default, typed
from anlan.project.docs.declarations import event_kinds
from anlan.project.docs.markdown import Page, cell, code, page, table

#: The contracts that many modules rest on come first.
FIRST = (
    "sense.AlarmRaised",
    "warn.AlertReceived",
    "warn.AlertIssued",
    "forecast.ForecastApproved",
)


#: What every event has from the kernel.
INHERITED = {"case": 'What joins everything that belongs to one matter; "" when there is none.'}


def facts() -> Page:
    """Describe every declared event kind."""
    kinds = event_kinds()
    rest = [name for name in kinds if name not in FIRST]
    return page(
        "事实（事件）",
        "一个模块用过去时把事实告诉其余模块：不可变、只带编号和简单的值，与做成这件事的改动在"
        "同一个事务里写下，随后投递。处理者只能提出建议，并经得起被告知两次。"
        "说明文字取自源代码，为英文。",
        "## 跨模块契约",
        "`Level` 是预警级别：1 红（最重）、2 橙、3 黄、4 蓝；None 是不知道，不是最轻。",
        *(part for name in FIRST for part in _kind(name, kinds[name])),
        "## 其余",
        *(part for name in rest for part in _kind(name, kinds[name])),
    )


def _kind(name: str, cls: type[Event]) -> list[str]:
    rows = [
        [code(one.name), code(kind), code(default(one)), cell(told or INHERITED.get(one.name))]
        for one, kind, told in typed(cls)
    ]
    listeners = [handler.removeprefix("anlan.") for handler in handlers_of(name)]
    heard = "、".join(code(one) for one in listeners) or "目前没有模块订阅"
    return [
        f"### {name}",
        inspect.cleandoc(cls.__doc__ or "").replace("``", "`"),
        table(("字段", "类型", "缺省", "含义"), rows),
        f"订阅者：{heard}。",
    ]
