"""Texts with names in braces, for addresses, headers, bodies and what is signed.

``{page}``, ``{from:%Y%m%d}`` (a time in another format), ``{secret|md5|upper}`` (filters, from left
to right). ``{{`` and ``}}`` are the braces themselves.
"""

import base64
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from anlan.kernel.errors import Invalid
from anlan.protocols.declared.moments import written
from anlan.protocols.declared.signing import HASHES, digest

_HOLE = re.compile(
    r"\{\{|\}\}|\{(?P<name>\w+)(?::(?P<form>[^{}|]+))?(?P<filters>(?:\|\w+)*)\}|[{}]"
)


def _digest(name: str) -> Callable[[str], str]:
    def made(text: str) -> str:
        return digest(HASHES[name], text.encode()).hex()

    return made


FILTERS: Mapping[str, Callable[[str], str]] = {
    "md5": _digest("md5"),
    "sha1": _digest("sha1"),
    "sha256": _digest("sha256"),
    "sm3": _digest("sm3"),
    "base64": lambda text: base64.b64encode(text.encode()).decode("ascii"),
    "upper": str.upper,
    "lower": str.lower,
    "url": lambda text: quote(text, safe=""),
    "text": str,
}


@dataclass(frozen=True, slots=True)
class Hole:
    """One name to fill in."""

    name: str
    form: str = ""
    filters: tuple[str, ...] = ()

    def value(self, told: Mapping[str, Any]) -> Any:
        """Fill it in; a lone number stays a number, so that JSON bodies can hold one."""
        found = told[self.name]
        if isinstance(found, datetime):
            found = written(found, self.form or told["time_format"], told["time_zone"])
        for name in self.filters:
            found = FILTERS[name](str(found))
        return found


@dataclass(frozen=True, slots=True)
class Template:
    """A compiled text."""

    text: str
    parts: tuple[str | Hole, ...]

    @classmethod
    def read(cls, text: str) -> "Template":
        """Compile a text; `Invalid` when a brace or a filter is wrong."""
        return cls(text, tuple(_parts(text)))

    @property
    def names(self) -> frozenset[str]:
        """Which names it asks for."""
        return frozenset(part.name for part in self.parts if isinstance(part, Hole))

    def fill(self, told: Mapping[str, Any]) -> str:
        """Write the text."""
        return "".join(
            part if isinstance(part, str) else str(part.value(told)) for part in self.parts
        )

    def value(self, told: Mapping[str, Any]) -> Any:
        """Write the text, or give the value itself where the whole text is one name."""
        if len(self.parts) == 1 and isinstance(self.parts[0], Hole):
            return self.parts[0].value(told)
        return self.fill(told)


def _parts(text: str) -> Iterator[str | Hole]:
    at, kept = 0, ""
    for found in _HOLE.finditer(text):
        kept += text[at : found.start()]
        at = found.end()
        if found["name"] is None:
            if found[0] in ("{", "}"):
                raise Invalid(f"「{text}」中的花括号不成对；要写花括号本身请写两个")
            kept += found[0][0]
            continue
        if kept:
            yield kept
            kept = ""
        yield _hole(found, text)
    kept += text[at:]
    if kept:
        yield kept


def _hole(found: re.Match[str], text: str) -> Hole:
    filters = tuple(found["filters"].split("|")[1:])
    wrong = [name for name in filters if name not in FILTERS]
    if wrong:
        raise Invalid(f"「{text}」中不认识「{wrong[0]}」，可用 {'、'.join(FILTERS)}")
    return Hole(found["name"], found["form"] or "", filters)


#: A JSON value whose texts are templates.
Tree = Any


def compiled(tree: Any) -> Tree:
    """Compile every text in a JSON value."""
    if isinstance(tree, str):
        return Template.read(tree)
    if isinstance(tree, dict):
        return {key: compiled(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [compiled(value) for value in tree]
    return tree


def filled(tree: Tree, told: Mapping[str, Any]) -> Any:
    """Fill in every text of a compiled JSON value."""
    if isinstance(tree, Template):
        return tree.value(told)
    if isinstance(tree, dict):
        return {key: filled(value, told) for key, value in tree.items()}
    if isinstance(tree, list):
        return [filled(value, told) for value in tree]
    return tree


def names_of(tree: Tree) -> frozenset[str]:
    """List the names a compiled JSON value asks for."""
    if isinstance(tree, Template):
        return tree.names
    inner = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ()
    return frozenset().union(*(names_of(value) for value in inner))
