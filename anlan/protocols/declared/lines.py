"""On which line of a TOML text a key stands: what is wrong is shown where it is written."""

import re
from collections.abc import Iterator

#: Keys of tables and places in arrays, from the outside in.
Where = tuple[str | int, ...]

_PART = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|\'([^\']*)\'|([A-Za-z0-9_-]+))\s*(\.)?')
_TABLE = re.compile(r"\s*(\[\[?)([^\[\]]+)\]\]?\s*(?:#.*)?$")
_KEYED = re.compile(r"""\s*((?:"(?:[^"\\]|\\.)*"|'[^']*'|[A-Za-z0-9_.\s-]+?)+?)\s*=""")
_SYNTAX = re.compile(r"\(at line (\d+), column (\d+)\)")


def lines_of(text: str) -> dict[Where, int]:
    """Find the line (from 1) of every table and key."""
    found: dict[Where, int] = {}
    counts: dict[Where, int] = {}
    table: Where = ()
    for number, line in _outside_long_texts(text):
        head = _TABLE.match(line)
        if head:
            table = _whole(_names(head[2]), counts)
            if head[1] == "[[":
                counts[table] = counts.get(table, -1) + 1
                table = (*table, counts[table])
            found.setdefault(table, number)
            continue
        keyed = _KEYED.match(line)
        if keyed:
            found.setdefault((*table, *_names(keyed[1])), number)
    return found


def line_of(where: Where, lines: dict[Where, int]) -> int | None:
    """Tell the line of a key, else of what holds it."""
    for length in range(len(where), 0, -1):
        if where[:length] in lines:
            return lines[where[:length]]
    return None


def syntax_line(message: str) -> int | None:
    """Take the line out of what the TOML reader says."""
    found = _SYNTAX.search(message)
    return int(found[1]) if found else None


def _whole(names: Where, counts: dict[Where, int]) -> Where:
    """Put the place of the newest element in: ``[a.b]`` after ``[[a]]`` belongs to its last."""
    path: Where = ()
    for depth, name in enumerate(names):
        path = (*path, name)
        if path in counts and depth < len(names) - 1:
            path = (*path, counts[path])
    return path


def _names(text: str) -> Where:
    found = (match for match in _PART.finditer(text) if match.group(0).strip())
    return tuple(match[1] or match[2] or match[3] or "" for match in found)


def _outside_long_texts(text: str) -> Iterator[tuple[int, str]]:
    """Walk the lines that do not lie inside a text of several lines."""
    inside = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if not inside:
            yield number, line
        for mark in ('"""', "'''"):
            if inside in ("", mark) and line.count(mark) % 2:
                inside = "" if inside else mark
                break
