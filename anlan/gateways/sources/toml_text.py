"""Writing TOML: what a form sends becomes a file a person can read and edit."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from anlan.kernel.errors import Invalid

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def toml_text(tables: Mapping[str, Any]) -> str:
    """Write tables as TOML; `Invalid` for what TOML cannot hold (null).

    >>> print(toml_text({"title": "水", "paging": {"size": 5}, "v": [{"a": 1.5}]}), end="")
    title = "水"
    <BLANKLINE>
    [paging]
    size = 5
    <BLANKLINE>
    [[v]]
    a = 1.5
    """
    return "\n".join(_lines(tables, ())).strip("\n") + "\n"


def _lines(table: Mapping[str, Any], where: tuple[str, ...]) -> Iterator[str]:
    for key, value in table.items():
        if not _is_table(value) and not _is_tables(value):
            yield f"{_key(key)} = {_value(value)}"
    for key, value in table.items():
        path = (*where, key)
        name = ".".join(map(_key, path))
        if _is_table(value):
            inner = list(_lines(value, path))
            yield from ("", f"[{name}]", *inner)
        elif _is_tables(value):
            for one in value:
                yield from ("", f"[[{name}]]", *_lines(one, path))


def _is_table(value: Any) -> bool:
    return isinstance(value, Mapping)


def _is_tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(it, Mapping) for it in value)


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _text(key)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, Mapping):
        inner = ", ".join(f"{_key(key)} = {_value(one)}" for key, one in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    raise Invalid("没有填写的项请去掉，不要送空值（null）")


def _number(value: float) -> str:
    text = repr(value)
    if text in ("inf", "-inf", "nan"):
        raise Invalid("数字必须是有限的")
    return text


def _text(text: str) -> str:
    # JSON's escapes are TOML's, but for the one character JSON leaves as it is.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")
