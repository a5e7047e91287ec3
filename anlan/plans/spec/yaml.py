"""A plan as YAML: read with the line of every slip, written so that reading gives the same plan."""

import re
from typing import Any

import msgspec
import yaml

from anlan.plans.spec.shape import PlanSpec
from anlan.protocols.declared.taking import Problem, Wrong

LARGEST = 1024 * 1024
NAME = "预案"
_PATH = re.compile(r"\.([A-Za-z_]+)|\[(\d+)\]|\[\.\.\.\]")
#: What msgspec says, in the words of whoever writes plans.
_SAID = (
    (re.compile(r"Object missing required field `(\w+)`"), r"缺少「\1」"),
    (re.compile(r"Object contains unknown field `(\w+)`"), r"不认识「\1」这一项"),
    (re.compile(r"Expected `str`, got `(?:int|float|bool)`"), "应是文字，请加引号"),
    (re.compile(r"Expected `(?:int|float).*`, got `str`"), "应是数字，不加引号"),
    (re.compile(r"Expected `array`, got `\w+`"), "应是一组，每项前面写 -"),
    (re.compile(r"Expected `object`, got `\w+`"), "应是一组名称和值"),
    (re.compile(r"Invalid enum value (.+)"), r"「\1」不在可选之列"),
)


class _Loader(yaml.SafeLoader):
    """Reads text as text: 18:00, no and 2026-08-01 are what they look like. No aliases."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012

    def compose_node(self, parent: Any, index: Any) -> Any:
        """Refuse an alias where it stands: a few of them make a small file enormous."""
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.constructor.ConstructorError(None, None, "不能用 * 引用别处", mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        """Refuse a key that stands twice."""
        seen = set()
        for key, _ in node.value:
            if key.value in seen:
                said = f"「{key.value}」写了两次"
                raise yaml.constructor.ConstructorError(None, None, said, key.start_mark)
            seen.add(key.value)
        made: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        return made


_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:null", re.compile(r"^$|^null$|^~$"), ["", "n", "~"]
)
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile(r"^[-+]?(?:0|[1-9][0-9]*)$"), list("-+0123456789")
)
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"^[-+]?[0-9]+\.[0-9]+$"), list("-+0123456789")
)


class _Dumper(yaml.SafeDumper):
    """Writes text of several lines as a block, and quotes what a person would misread."""

    def ignore_aliases(self, _: Any) -> bool:
        """Write everything out."""
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
        """Indent lists below their key."""
        super().increase_indent(flow, indentless=False)


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar(
        "tag:yaml.org,2002:str", text, style="|" if "\n" in text else None
    )


_Dumper.add_representer(str, _text)


def read_plan(text: str) -> PlanSpec:
    """Read a plan; `Wrong` says on which line what is wrong."""
    if len(text.encode()) > LARGEST:
        raise Wrong(NAME, [Problem("", f"超过 {LARGEST // 1024} KB")])
    try:
        raw = yaml.load(text, _Loader)  # noqa: S506 - a subclass of the safe loader
    except yaml.YAMLError as error:
        raise Wrong(NAME, [_syntax(error)]) from error
    if not isinstance(raw, dict):
        raise Wrong(NAME, [Problem("", "应以 code、title 等名称开头")])
    try:
        return as_spec(raw)
    except msgspec.ValidationError as error:
        raise Wrong(NAME, [_problem(str(error), text)]) from error


def as_spec(raw: Any) -> PlanSpec:
    """Read a plan from plain values, as the database keeps it."""
    return msgspec.convert(raw, PlanSpec)


def write_plan(spec: PlanSpec) -> str:
    """Write a plan as YAML; `read_plan` reads the same plan back."""
    written: str = yaml.dump(
        msgspec.to_builtins(spec), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=96,
        default_flow_style=None,  # what holds only plain values stands on one line
    )  # fmt: skip
    return written


def _syntax(error: yaml.YAMLError) -> Problem:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    said = getattr(error, "problem", None) or str(error)
    return Problem("", f"不是有效的 YAML：{said}", mark.line + 1 if mark else None)


def _problem(said: str, text: str) -> Problem:
    reason, _, path = said.partition(" - at `$")
    where = tuple(
        name if name else int(number) if number else 0
        for name, number in _PATH.findall(path.rstrip("`"))
    )
    for pattern, words in _SAID:
        if pattern.search(reason):
            reason = pattern.sub(words, reason)
            break
    return Problem(_spelled(where), reason, _line(yaml.compose(text, _Loader), where))


def _spelled(where: tuple[str | int, ...]) -> str:
    return "".join(f"[{one + 1}]" if isinstance(one, int) else f".{one}" for one in where)[1:]


def _line(node: yaml.Node | None, where: tuple[str | int, ...]) -> int | None:
    """Find the line of a place, else of what holds it."""
    line = node.start_mark.line + 1 if node else None
    for part in where:
        inner = _inside(node, part)
        if inner is None:
            break
        node, line = inner, inner.start_mark.line + 1
    return line


def _inside(node: yaml.Node | None, part: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == part), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int):
        return node.value[part] if part < len(node.value) else None
    return None
