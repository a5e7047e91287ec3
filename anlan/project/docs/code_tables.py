"""Pages of the code tables, grade rules and hazards, each row with its source and confidence."""

from typing import Any

from anlan import codes
from anlan.project.docs.markdown import Page, cell, chosen, code, link, page, table

KNOWN = {"value", "label", "label_en", "confidence", "color", "source"}

#: What further heads and columns of the files are called here; any other shows its own name.
NAMES = {
    "parent": "上级",
    "unit": "单位",
    "closed": "区间闭合端",
    "step": "判定前取到",
    "direction": "方向",
    "quantity": "监测要素",
    "quantities": "监测要素",
    "lower": "下限",
    "upper": "上限",
    "note": "备注",
    "effective_from": "生效",
    "effective_to": "失效",
}


CLOSED = {"lower": "含下限，不含上限", "upper": "含上限，不含下限", "both": "两端都含"}


def describe(kind: str) -> list[dict[str, Any]]:
    """List what the codes say of themselves: ``table``, ``grade-rule`` or ``hazard``."""
    return [one for one in codes.describe() if one["kind"] == kind]


def trust(flag: str) -> str:
    """Write a confidence flag with its meaning as a tool tip."""
    return f'<abbr title="{codes.table("confidence").name(flag)}">{flag}</abbr>'


def overview() -> Page:
    """List every table and rule."""
    legend = [
        [trust(row.code), row.name, cell(row.text("note"))] for row in codes.table("confidence")
    ]
    tables = [
        [
            link(one["title"], f"{one['key']}.md"),
            code(one["key"]),
            str(len(one["rows"])),
            trust(one["confidence"]),
            cell(one["source"]),
        ]
        for one in describe("table")
    ]
    rules = [
        [
            link(one["title"], f"grade-{one['key']}.md"),
            code(one["key"]),
            trust(one["confidence"]),
            cell(one["source"]),
        ]
        for one in describe("grade-rule")
    ]
    return page(
        "码表",
        "级别、颜色、类别、阈值、期限都是有来源、有生效日期的数据，不是程序里的判断。"
        "本地的做法不同，用自己的文件覆盖，见[使用自己的码表](../../howto/codes.md)。",
        "## 可信度",
        "凭记忆（M）和存疑（M?）的行，在值班员据以选择的地方会显示出来。",
        table(("标记", "含义", "说明"), legend),
        "## 各表",
        table(("码表", "键", "行", "可信度", "来源"), tables),
        "## 分级规则",
        "由数字判级的规则。有数字未知时，得到的是下限，并写明。",
        table(("规则", "键", "可信度", "来源"), rules),
        f"灾种另有一页：{link('灾种', '../hazards/index.md')}。",
    )


def table_page(one: dict[str, Any]) -> Page:
    """Show one table with all its rows."""
    rows = one["rows"]
    extra = [
        name for name in dict.fromkeys(key for row in rows for key in row) if name not in KNOWN
    ]
    sources = {row["source"] for row in rows} != {one["source"]}
    named = [NAMES.get(name, name) for name in extra]
    head = ["码", "名称", "English", *named, "可信度", *(["来源"] if sources else [])]
    return page(
        one["title"],
        f"{one['title_en']}。键 `{one['key']}`。",
        _head(one),
        table(head, [_row(row, extra, sources=sources) for row in rows]),
    )


def _row(row: dict[str, Any], extra: list[str], *, sources: bool) -> list[str]:
    name = cell(row["label"])
    if row.get("color"):
        name = f'<span class="colour" style="background:{row["color"]}"></span> {name}'
    return [
        code(row["value"]),
        name,
        cell(row["label_en"]),
        *(_value(row.get(column)) for column in extra),
        trust(row["confidence"]),
        *([cell(row["source"])] if sources else []),
    ]


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return cell("、".join(str(one) for one in value))
    if isinstance(value, dict):
        return cell("；".join(f"{key} {inner}" for key, inner in value.items()))
    return cell(value)


def _head(one: dict[str, Any]) -> str:
    attributes = {**one.get("attributes", {})}
    if "closed" in attributes:
        attributes["closed"] = CLOSED[attributes["closed"]]
    return chosen(
        ("来源", one["source"]),
        (
            "可信度",
            f"{trust(one['confidence'])} {codes.table('confidence').name(one['confidence'])}",
        ),
        ("地区", one["region"] or "全国"),
        ("生效", one["effective_from"]),
        ("失效", one["effective_to"]),
        *((NAMES.get(name, name), value) for name, value in attributes.items()),
    )


def rule_page(one: dict[str, Any]) -> Page:
    """Show one grade rule, step by step."""
    grades = codes.table(one["table"])
    steps = [
        [
            cell(grades.name(step["grade"])),
            "<br>或 ".join(cell(clause) for clause in step["any"]),
            trust(step["confidence"]),
        ]
        for step in one["steps"]
    ]
    figures = codes.table("grade-figures")
    named = [f"`{name}` {figures.name(name)}" for name in one["figures"]]
    return page(
        one["title"],
        f"{one['title_en']}。键 `{one['key']}`。由上而下，第一条满足的为准。",
        _head(one),
        "所用数字：" + "、".join(named) + "。",
        table(("等级", "满足任一条", "可信度"), steps),
    )


def hazards() -> Page:
    """List the hazards."""
    rows = [
        [
            link(one["title"], f"{one['key']}.md"),
            code(one["key"]),
            code(one["event_code"]),
            "".join(_dot(level) for level in one["levels"]) or cell(None),
            cell(codes.table("authorities").name(one["lead"])),
            trust(one["confidence"]),
        ]
        for one in describe("hazard")
    ]
    return page(
        "灾种",
        "一个灾种一个文件。选项、表单、阈值、统计都由它得来。",
        table(("灾种", "键", "事件编码", "预警级别", "牵头部门", "可信度"), rows),
    )


def _dot(level: dict[str, Any]) -> str:
    return (
        f'<span class="colour" style="background:{level["color"]}" title="{level["label"]}"></span>'
    )


def hazard_page(one: dict[str, Any]) -> Page:
    """Show one hazard."""
    whole = codes.hazard(one["key"])
    indicators = codes.table("indicators")
    measured = [
        f"{indicators.name(name)}（{whole.unit(name) or '无单位'}）" for name in whole.indicators
    ]
    authorities, posts = codes.table("authorities"), codes.table("posts")
    issuer = codes.table("issuers").get(whole.issuer)
    return page(
        whole.name,
        f"{whole.name_en}。键 `{whole.key}`。",
        chosen(
            ("事件编码", "、".join(f"`{one}`" for one in (whole.event_code, *whole.also))),
            ("大类", codes.table("event-codes").name(whole.category)),
            ("CAP 类别", "、".join(whole.cap)),
            ("牵头部门", authorities.name(whole.lead)),
            ("配合部门", "、".join(authorities.name(one) for one in whole.support)),
            ("预警由谁发布", issuer and f"{issuer.name}（{issuer.source}）"),
            ("预警级别", "、".join(level.name for level in whole.levels)),
            ("监测指标", "、".join(measured)),
            ("叫应的岗位", "、".join(posts.name(post) for post in whole.posts)),
            (
                "分级规则",
                whole.grade_rule and f"[{whole.grade_rule}](../codes/grade-{whole.grade_rule}.md)",
            ),
            ("来源", whole.source),
            ("可信度", trust(whole.confidence)),
        ),
    )
