"""From bytes to dicts and lists: JSON, NDJSON, XML and CSV, in UTF-8 or GB 18030."""

import codecs
import csv
import io
import json
import re
from collections.abc import Iterator
from typing import Any, cast
from xml.etree import ElementTree as ET

import orjson

from anlan.kernel.errors import Invalid
from anlan.protocols.mapping.declared import Form

#: Every name Chinese platforms give to it; GB 18030 reads all that GBK and GB 2312 wrote.
_GB = frozenset(("gb18030", "gbk", "gb2312", "cp936", "gb_2312", "ms936"))
_DECLARED = re.compile(r"^\s*<\?xml[^>]*\?>")
_NOT_ASCII = re.compile(rb"[\x80-\xff]+")
#: Two or more letters of two bytes in UTF-8 that are neither Latin nor signs such as ° and ³.
_PAIRS = re.compile(rb"(?:[\xc4-\xdf][\x80-\xbf]){2,}")
#: Bytes in which the character set is recognised.
LOOKED_AT = 256 * 1024
_DOCTYPE = re.compile(r"<!DOCTYPE", re.IGNORECASE)
#: Elements inside each other; deeper is no document of records.
DEEPEST = 200


class Unlike(Invalid):
    """The document is not what the declaration says; the whole of it is refused."""

    code = "unlike"


def parse(body: bytes, form: Form) -> Any:
    """Read a document; `Unlike` when it is none of the declared form."""
    text = text_of(body, form.charset)
    try:
        return _READERS[form.kind](text, form)
    except RecursionError as error:
        raise Unlike("文档嵌套太深，读不了") from error


def text_of(body: bytes, charset: str = "auto") -> str:
    """Decode bytes; "auto" is UTF-8 where that fits, else GB 18030. `Unlike` when neither does."""
    name = charset.lower().replace("-", "") if charset else "auto"
    tries: list[str]
    if name in _GB:
        tries = ["gb18030"]
    elif name == "auto":
        tries = _guesses(body)
    else:
        tries = ["utf-8-sig" if name == "utf8" else charset]
    for one in tries:
        try:
            return body.decode(one)
        except (UnicodeDecodeError, LookupError):
            continue
    raise Unlike(f"内容不是 {'、'.join(tries)} 编码的文字")


def _guesses(body: bytes) -> list[str]:
    """Order the guesses.

    Some words of two characters in GB 18030 are valid UTF-8 as well (水位 would read ˮλ). Where all
    that is not ASCII stands in such pairs, it is Chinese rather than Greek or Cyrillic.
    """
    if body[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return ["utf-16"]
    runs = _NOT_ASCII.findall(body[:LOOKED_AT])
    if runs and all(_PAIRS.fullmatch(run) for run in runs):
        return ["gb18030", "utf-8-sig"]
    return ["utf-8-sig", "gb18030"]


def known_charset(name: str) -> bool:
    """Tell whether a character set can be declared."""
    bare = name.lower().replace("-", "")
    if bare == "auto" or bare in _GB:
        return True
    try:
        codecs.lookup(name)
    except LookupError:
        return False
    return True


def _json(text: str, _form: Form) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        pass
    try:
        return json.loads(text)  # it also takes NaN, which some platforms write
    except ValueError as error:
        raise Unlike(f"不是 JSON：{_excerpt(text)}") from error


def _ndjson(text: str, form: Form) -> Any:
    return [_json(line, form) for line in text.splitlines() if line.strip()]


def _csv(text: str, form: Form) -> Any:
    lines = io.StringIO("".join(text.splitlines(keepends=True)[form.skip :]), newline="")
    try:
        rows = [row for row in csv.reader(lines, delimiter=form.delimiter) if any(row)]
    except csv.Error as error:
        raise Unlike(f"不是 CSV：{error}") from error
    if not form.header:
        return [[cell.strip() for cell in row] for row in rows]
    if not rows:
        raise Unlike("CSV 没有表头")
    names = [cell.strip() for cell in rows[0]]
    return [
        {name: cell.strip() for name, cell in zip(names, row, strict=False)} for row in rows[1:]
    ]


def _xml(text: str, _form: Form) -> Any:
    """Read XML. No DOCTYPE: whoever sends entities wants to be expanded or fetched."""
    if _DOCTYPE.search(text):
        raise Unlike("XML 带有 DOCTYPE，不接受")
    parser: ET.XMLPullParser[ET.Element] = ET.XMLPullParser(("start", "end"))
    depth = 0
    root: ET.Element | None = None
    try:
        # Without its declaration: the text is decoded already, whatever set it named.
        parser.feed(_DECLARED.sub("", text))
        parser.close()
        for event, element in cast("Iterator[tuple[str, ET.Element]]", parser.read_events()):
            root = element if root is None else root
            depth += 1 if event == "start" else -1
            if depth > DEEPEST:
                raise Unlike("文档嵌套太深，读不了")
    except ET.ParseError as error:
        line, column = error.position
        raise Unlike(f"不是 XML：第 {line} 行第 {column} 列读不下去：{_excerpt(text)}") from error
    if root is None:
        raise Unlike("XML 是空的")
    return {_local(root.tag): _element(root)}


def _element(element: ET.Element) -> Any:
    found: dict[str, Any] = {f"@{_local(name)}": text for name, text in element.attrib.items()}
    for child in element:
        name, value = _local(child.tag), _element(child)
        if name not in found:
            found[name] = value
        elif isinstance(found[name], list):
            found[name].append(value)
        else:
            found[name] = [found[name], value]
    text = (element.text or "").strip()
    if not found:
        return text
    if text:
        found["#text"] = text
    return found


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _excerpt(text: str) -> str:
    """Quote the beginning, so that a login page sent instead of data is recognised."""
    bare = " ".join(text[:400].split())
    return f"「{bare[:80]}{'……' if len(bare) > 80 else ''}」"


_READERS = {"json": _json, "ndjson": _ndjson, "csv": _csv, "xml": _xml}
