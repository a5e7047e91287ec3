"""Pages of the registers: what each asks for, shows, hides and costs its keeper."""

from typing import Any

from anlan import codes
from anlan.base.register.columns import Column, columns
from anlan.base.register.registry import DOMAINS, REGISTERS, Register
from anlan.codes.lookup import HAZARDS
from anlan.project.docs.markdown import Page, cell, chosen, code, link, page, table

GEOMETRIES = {"point": "点", "line": "线", "area": "面", None: "不上图"}
TYPES = {
    "text": "文字",
    "longtext": "长文字",
    "int": "整数",
    "float": "数",
    "bool": "是/否",
    "choice": "单选",
    "choices": "多选",
    "date": "日期",
    "datetime": "时间",
    "region": "区划",
    "ref": "指向",
    "geometry": "范围",
    "json": "结构",
    "phone": "电话",
    "phones": "电话（多个）",
}


def overview() -> Page:
    """List all registers."""
    parts = [
        "每本台账是一个模型加一份声明。列表、表单、按辖区的权限、Excel、地图图层、接口、"
        "历史都由这份声明得来。怎样再加一本，见[添加一本台账](../../howto/register.md)。"
    ]
    for domain, (title, _) in DOMAINS.items():
        entries = [one for one in REGISTERS.values() if one.domain == domain]
        rows = [_row(one) for one in sorted(entries, key=lambda one: one.order)]
        if rows:
            parts += [f"## {title}", table(HEAD, rows)]
    return page("台账", *parts)


HEAD = ("台账", "键", "列数", "地图", "重新确认", "依据")


def _row(entry: Register) -> list[str]:
    return [
        link(entry.title, f"{entry.key}.md"),
        code(entry.key),
        str(len(columns(entry))),
        GEOMETRIES[entry.geometry],
        f"{entry.review_after} 个月" if entry.review_after else cell(None),
        cell(entry.source),
    ]


def one_page(entry: Register) -> Page:
    """Describe one register."""
    shown = columns(entry)
    return page(
        entry.title,
        f"{entry.title_en}。键 `{entry.key}`，属于「{DOMAINS[entry.domain][0]}」。",
        chosen(
            ("依据", entry.source),
            ("同一行的判据", "、".join(_labels(entry, entry.natural))),
            ("列表显示", "、".join(_labels(entry, entry.listed))),
            ("一框可搜", "、".join(_labels(entry, entry.searched))),
            ("个人信息（按角色遮盖，查看即留痕）", "、".join(_labels(entry, entry.mask))),
            ("可向公众公开", "、".join(_labels(entry, entry.public))),
            ("所在地区随", "、".join(_labels(entry, (entry.within,)) if entry.within else ())),
            ("重新确认", f"每 {entry.review_after} 个月" if entry.review_after else ""),
        ),
        "## 列",
        table(("列", "名", "类型", "必填", "单位", "说明"), [_column(one) for one in shown]),
        "## 在别处",
        f"- 接口：`/api/v1/registers/{entry.key}`\n"
        f"- 模板：`anlan register template {entry.key} 模板.xlsx`\n"
        f"- 权限：{link('谁能做什么', '../rights.md')}",
    )


def _labels(entry: Register, names: tuple[str, ...]) -> list[str]:
    labels = {one.name: one.label for one in columns(entry)} | {"region": "所在地区"}
    return [labels.get(name, name) for name in names]


def _column(one: Column) -> list[str]:
    must = "自动" if one.computed or one.readonly else ("是" if one.required else "")
    notes = [*([one.help] if one.help else []), *_marks(one)]
    return [cell(one.label), code(one.name), _kind(one), must, one.unit, cell("；".join(notes))]


def _kind(one: Column) -> str:
    kind = TYPES.get(one.type, one.type)
    if one.codes:
        place = "hazards/index" if one.codes == HAZARDS else f"codes/{one.codes}"
        return link(f"{kind}：{codes.table(one.codes).title}", f"../{place}.md")
    if one.ref:
        return link(f"{kind}：{REGISTERS[one.ref].title}", f"{one.ref}.md")
    return kind


def _marks(one: Column) -> list[str]:
    said: list[tuple[Any, str]] = [
        (one.sealed, "加密保存"),
        (one.masked, "遮盖"),
        (one.computed, "由别处得出，不能填写"),
        (one.low is not None, f"不小于 {_number(one.low)}"),
        (one.high is not None, f"不大于 {_number(one.high)}"),
    ]
    return [text for true, text in said if true]


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:,.15g}"
