"""Paths into a document of dicts and lists: where the records are, and where in one a field is.

=================  ==========================================================================
``data.list``      names below each other; a name with dots or spaces in quotes: ``"a.b"``
``rows[0]``        an element by its place, from 0 (``[-1]`` is the last)
``rows[]``         every element; a lone thing counts as one, nothing as none
``stations.*``     every value of a dict; its key is ``$key``
``text|json``      the text here is itself JSON
``^code``          a field of what holds the record (``^^`` one further out)
``$.time``         a field of the whole document
``$each``          something told from outside the document
``.``              the record itself
=================  ==========================================================================

In XML an attribute is ``@name`` and the text of an element that has attributes is ``#text``.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from anlan.kernel.errors import Invalid

EVERY, VALUES, JSON = "[]", "*", "|json"

_TOKEN = re.compile(
    r"""\.?(?: "(?P<quoted>[^"]+)" | \[(?P<index>-?\d*)\] | (?P<values>\*)
    | (?P<json>\|json) | (?P<name>[^.\[\]|"*^$]+) )""",
    re.VERBOSE,
)

#: A name, a place in a list, or one of the three above.
Step = str | int


class Name(str):
    """A name to look up in a dict."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Scope:
    """One record, and what lies around it."""

    record: Any
    #: What holds the record, the nearest first.
    holders: tuple[Any, ...] = ()
    root: Any = None
    told: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Path:
    """A compiled path."""

    text: str
    steps: tuple[Step, ...]
    #: Where it begins: how many holders up; -1 the document.
    up: int = 0
    #: What was told from outside; "" for a path into the document.
    told: str = ""

    @classmethod
    def read(cls, text: str) -> "Path":
        """Compile a path; `Invalid` says where it cannot be read."""
        bare = text.strip()
        outside = re.fullmatch(r"\$(\w+)", bare)
        if outside:
            return cls(text, (), told=outside.group(1))
        up = -1 if bare.startswith("$") else len(bare) - len(bare.lstrip("^"))
        rest = bare[1:] if up < 0 else bare[up:]
        return cls(text, () if rest in ("", ".") else tuple(_steps(rest, text)), up)

    def find(self, scope: Scope) -> Any:
        """Return what is there; None where there is nothing."""
        if self.told:
            return scope.told.get(self.told)
        if self.up == 0:
            here = scope.record
        elif self.up < 0:
            here = scope.root
        else:
            here = scope.holders[self.up - 1] if self.up <= len(scope.holders) else None
        for step in self.steps:
            here = _down(here, step)
            if here is None:
                return None
        return here

    def records(self, root: Any, told: Mapping[str, str]) -> Iterator[Scope]:
        """Walk the records of a document; `Missed` when it does not have the path at all."""
        whole = Scope(root, (), root, told)
        ended = bool(self.steps) and self.steps[-1] in (EVERY, VALUES)
        steps = self.steps if ended else (*self.steps, EVERY)
        return _walk(whole, steps, strict=True)

    @property
    def is_single(self) -> bool:
        """Whether it names one thing rather than many."""
        return EVERY not in self.steps and VALUES not in self.steps


class Missed(Exception):
    """The document has no such path; says how far it went."""


def _steps(text: str, whole: str) -> Iterator[Step]:
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if not found or found.end() == at:
            raise Invalid(f"路径「{whole}」在「{text[at:]}」处读不懂")
        yield _step(found)
        at = found.end()


def _step(found: re.Match[str]) -> Step:
    if found["index"] is not None:
        return int(found["index"]) if found["index"] not in ("", "-") else EVERY
    if found["values"]:
        return VALUES
    if found["json"]:
        return JSON
    return Name(found["quoted"] or found["name"].strip())


def _down(here: Any, step: Step) -> Any:
    if isinstance(step, Name):
        return here.get(step) if isinstance(here, dict) else None
    if isinstance(step, int):
        inside = isinstance(here, list) and -len(here) <= step < len(here)
        return here[step] if inside else None
    return _unpacked(here) if step == JSON else None


def _unpacked(here: Any) -> Any:
    if not isinstance(here, str):
        return here  # some platforms pack their answer only sometimes
    try:
        return json.loads(here)
    except (ValueError, RecursionError):
        return None


def _walk(scope: Scope, steps: tuple[Step, ...], *, strict: bool) -> Iterator[Scope]:
    """Go down; `strict` until the first list, for a missing name there is another document."""
    here = scope.record
    for place, step in enumerate(steps):
        if step in (EVERY, VALUES) and not isinstance(step, Name):
            rest = steps[place + 1 :]
            for thing, told in _each(here, str(step), scope.told):
                inner = Scope(thing, (scope.record, *scope.holders), scope.root, told)
                if rest:
                    yield from _walk(inner, rest, strict=False)
                else:
                    yield inner
            return
        if strict and isinstance(step, Name) and not (isinstance(here, dict) and step in here):
            raise Missed(str(step))
        here = _down(here, step)


def _each(here: Any, step: str, told: Mapping[str, str]) -> Iterator[tuple[Any, Mapping[str, str]]]:
    if here is None or here == "":  # an empty XML element is ""
        return
    if step == VALUES:
        for key, thing in here.items() if isinstance(here, dict) else ():
            yield thing, {**told, "key": str(key)}
    else:
        for thing in here if isinstance(here, list) else [here]:
            yield thing, told
