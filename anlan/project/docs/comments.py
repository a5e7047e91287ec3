"""The ``#:`` comments beside declared fields, read from the source."""

import ast
import inspect
import textwrap
from dataclasses import MISSING, Field, fields
from typing import Any


def comments(cls: type) -> dict[str, str]:
    """Read what stands in ``#:`` lines above, or at the end of the line of, each field of a class.

    Fields of classes it derives from are included.
    """
    found: dict[str, str] = {}
    for one in reversed(cls.__mro__):
        if one.__module__ != "builtins":
            found |= _own(one)
    return found


def _own(cls: type) -> dict[str, str]:
    try:
        source = textwrap.dedent(inspect.getsource(cls))
    except (OSError, TypeError):
        return {}
    lines = source.splitlines()
    body = ast.parse(source).body[0]
    found = {}
    for node in getattr(body, "body", ()):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            told = _above(lines, node.lineno) or _behind(lines, node.lineno)
            found[node.target.id] = told.replace("``", "`")
    return found


def _above(lines: list[str], number: int) -> str:
    told: list[str] = []
    for line in reversed(lines[: number - 1]):
        text = line.strip()
        if not text.startswith("#:"):
            break
        told.insert(0, text[2:].strip())
    return " ".join(told)


def _behind(lines: list[str], number: int) -> str:
    _, mark, text = lines[number - 1].partition("#:")
    return text.strip() if mark else ""


def typed(cls: Any) -> list[tuple[Field[Any], str, str]]:
    """List a dataclass's fields with the type as it is written and what it says of itself."""
    told = comments(cls)
    return [(one, _type(one.type), told.get(one.name, "")) for one in fields(cls)]


def _type(annotation: Any) -> str:
    if isinstance(annotation, type) and not hasattr(annotation, "__args__"):
        return annotation.__name__
    text = str(annotation).replace("typing.", "").replace("datetime.datetime", "datetime")
    return text.replace("Optional[Literal[1, 2, 3, 4]]", "Level | None")


def default(one: Field[Any]) -> str:
    """Write a field's default as it would be typed; "" when it must be given."""
    if one.default is not MISSING:
        return repr(one.default)
    return "" if one.default_factory is MISSING else repr(one.default_factory())
