"""Page of quality: what each module keeps of the promises, from ``docs/quality/*.yaml``."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from anlan.project.docs.markdown import Page, cell, code, link, page, table

HOME = Path(__file__).resolve().parents[3] / "docs" / "quality"
LEVELS = {"bronze": "铜", "silver": "银", "gold": "金", "platinum": "铂"}
SIGNS = {"done": "✓", "todo": "○", "exempt": "—"}


@dataclass(frozen=True)
class Rule:
    """One rule: its level, and the sentence that it asks to be true."""

    key: str
    level: str
    title: str


@dataclass(frozen=True)
class Mark:
    """How a module stands to a rule: what shows that it is kept, why not, what is missing."""

    status: str
    proof: str = ""  #: a path in the checkout
    comment: str = ""


@dataclass(frozen=True)
class Module:
    """One module's marks, a rule that is not named being still to do."""

    name: str
    title: str
    marks: Mapping[str, Mark]

    def level(self, rules: Mapping[str, Rule]) -> str:
        """Tell the highest level of which, and of those below, no rule is still to do."""
        reached = ""
        for level in LEVELS:
            asked = [one.key for one in rules.values() if one.level == level]
            if any(self.marks[key].status == "todo" for key in asked):
                break
            reached = level
        return reached


def rules() -> dict[str, Rule]:
    """Read the rules."""
    raw = yaml.safe_load((HOME / "_rules.yaml").read_text(encoding="utf-8"))
    return {
        key: Rule(key, level, title) for level, keys in raw.items() for key, title in keys.items()
    }


def modules() -> list[Module]:
    """Read what every module says of itself."""
    return [read(path) for path in sorted(HOME.glob("[!_]*.yaml"))]


def read(path: Path) -> Module:
    """Read one module's file."""
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    said = {key: _mark(value) for key, value in raw["rules"].items()}
    marks = {key: said.get(key, Mark("todo")) for key in rules()} | said
    return Module(raw["module"], raw["title"], marks)


def _mark(value: str | Mapping[str, str]) -> Mark:
    return Mark(value) if isinstance(value, str) else Mark(**value)


def overview() -> Page:
    """Show all modules beside all rules."""
    known, found = rules(), modules()
    legend = [[LEVELS[one.level], code(one.key), one.title] for one in known.values()]
    rows = [
        [
            link(one.title, f"{one.name}.md"),
            code(f"anlan.{one.name}"),
            LEVELS.get(one.level(known), "未到铜"),
            *(_count(one, known, level) for level in LEVELS),
        ]
        for one in found
    ]
    return page(
        "质量",
        "每个模块对自己说实话：做到了哪些，没做到哪些，哪些不适用、为什么。"
        "一级里没有一条待做，才算到了那一级。",
        table(("模块", "名", "等级", *(f"{title}级" for title in LEVELS.values())), rows),
        "## 规则",
        table(("级", "规则", "要求"), legend),
    )


def _count(one: Module, known: Mapping[str, Rule], level: str) -> str:
    asked = [one.marks[rule.key].status for rule in known.values() if rule.level == level]
    return f"{sum(status != 'todo' for status in asked)}/{len(asked)}"


def one_page(one: Module) -> Page:
    """Show one module."""
    rows = [
        [
            LEVELS[rule.level],
            cell(rule.title),
            SIGNS[one.marks[rule.key].status],
            _told(one.marks[rule.key]),
        ]
        for rule in rules().values()
    ]
    return page(
        f"{one.title}：质量",
        f"模块 `anlan.{one.name}`。✓ 做到；○ 待做；— 不适用。",
        table(("级", "规则", "", "凭据与说明"), rows),
    )


def _told(mark: Mark) -> str:
    proof = code(mark.proof) if mark.proof else ""
    return "；".join(part for part in (proof, mark.comment) if part) or cell(None)
