"""Page of the engines: what each takes and gives, its source, what was verified and what not."""

from anlan.engines.registry import Engine, Item
from anlan.engines.registry import engines as declared
from anlan.project.docs.markdown import Page, cell, chosen, code, page, table

_KINDS = {"times": "时刻", "text": "文字", "texts": "文字", "file": "文件"}


def engines() -> Page:
    """Describe every engine that runs from a document."""
    return page(
        "计算引擎",
        "引擎不需要数据库和网页：`anlan engine run 名称 --input 输入.json --output 结果`，"
        "见[单独运行计算引擎](../howto/engines.md)。带单位的输入都要写明单位，写成同一类的任何单位都可以；"
        "结果用下面的单位。方向名称相同的，长度要相同；`member` 可以省去。",
        *(part for one in declared().values() for part in _engine(one)),
    )


def _engine(one: Engine) -> list[str]:
    return [
        f"## {one.key}",
        f"{one.title}。",
        chosen(("版本", one.version), ("出处", cell(one.source)), ("适用", cell(one.valid))),
        "\n".join(
            [
                *(f"- **核对过**：{cell(sentence)}" for sentence in one.verified),
                *(f"- **未核对**：{cell(sentence)}" for sentence in one.open),
            ]
        ),
        "### " + f"{one.key} 的输入",
        table(("名称", "含义", "单位", "方向", "可以没有"), map(_row, one.inputs)),
        "### " + f"{one.key} 的输出",
        table(("名称", "含义", "单位", "方向", "可以没有"), map(_row, one.outputs)),
    ]


def _row(item: Item) -> list[str]:
    choices = f"（{'、'.join(item.choices)}）" if item.choices else ""
    return [
        code(item.key),
        cell(item.title + choices),
        cell(item.unit or _KINDS.get(item.kind, "无")),
        cell(" 或 ".join(" × ".join(axes) or "一个数" for axes in (item.axes, *item.also))),
        "" if item.required else "可以",
    ]
