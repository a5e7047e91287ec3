"""Bytes from strangers to a small tree: XML without its dangerous half, and JSON as the same tree.

No document type is accepted, so there are no entities and nothing to fetch; size, depth and the
number of elements are bounded before anything is built from them.
"""

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any
from xml.parsers import expat

import orjson

from anlan.protocols.alerting.message import Unreadable

#: Bytes of one document; a warning with a polygon of ten thousand points has 0.2 MB.
MOST_BYTES = 10 * 1024 * 1024
DEEPEST = 64
MOST_ELEMENTS = 100_000

#: What a document may declare; GB 18030 reads all that GBK and GB 2312 wrote. UTF-7 and the like
#: exist only to smuggle markup past filters.
CHARSETS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "utf-8",
    "ascii": "utf-8",
    "gb18030": "gb18030",
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "gb_2312-80": "gb18030",
    "cp936": "gb18030",
    "ms936": "gb18030",
    "big5": "big5",
    "iso-8859-1": "latin-1",
    "latin1": "latin-1",
    "windows-1252": "cp1252",
    "utf-16": "utf-16",
    "utf-16le": "utf-16-le",
    "utf-16be": "utf-16-be",
}
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, ""),
    (codecs.BOM_UTF32_BE, ""),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
#: What some declare without meaning it: declared -> (what the bytes are tried as, strictly, and
#: what they are then read as). A server's default is Latin-1, and nobody writes warnings in it; GB
#: 2312 alone is tried there, in which an accented letter between plain ones is an error. What is
#: UTF-8 with characters of the Far East in it has never been written in GBK or Big5.
_LIKELIER = {
    "latin-1": (("utf-8", "utf-8"), ("gb2312", "gb18030")),
    "cp1252": (("utf-8", "utf-8"), ("gb2312", "gb18030")),
    "gb18030": (("utf-8", "utf-8"),),
    "big5": (("utf-8", "utf-8"),),
}
_WESTERN = ("latin-1", "cp1252")
_FAR_EAST = re.compile("[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]")
_DECLARED = re.compile(r"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
#: How far into a document its declaration is looked for.
_HEAD = 256


class Node:
    """One element: local name, namespace ("" for none), attributes, text, children in order."""

    __slots__ = ("attributes", "children", "name", "space", "text")

    def __init__(self, name: str, space: str = "") -> None:
        self.name, self.space = name, space
        self.attributes: dict[str, str] = {}
        self.children: list[Node] = []
        self.text = ""

    def all(self, name: str) -> Iterator["Node"]:
        """Walk the children of a local name."""
        return (child for child in self.children if child.name == name)

    def first(self, name: str) -> "Node | None":
        """Find the first child of a local name."""
        return next(self.all(name), None)

    def value(self, name: str) -> str:
        """Return the trimmed text of the first child of a name; "" when there is none."""
        child = self.first(name)
        return child.text.strip() if child is not None else ""


def decoded(data: bytes) -> tuple[str, bool]:
    """Decode a document by its mark, its declaration, else UTF-8; tell whether that was wrong.

    A document that says UTF-8 and is not is taken for GB 18030, which is what it always is; one
    that says Latin-1 or GBK and is UTF-8 to the last byte is UTF-8.
    """
    if len(data) > MOST_BYTES:
        raise Unreadable(f"报文超过 {MOST_BYTES // 1024 // 1024} MB，不接受")
    for mark, charset in _MARKS:
        if data.startswith(mark):
            return _strictly(data[len(mark) :], charset), False
    if b"\0" in data[:4]:
        return _strictly(data, "utf-16-le" if data[1:2] == b"\0" else "utf-16-be"), False
    found = _DECLARED.search(data[:_HEAD].decode("latin-1"))
    charset = CHARSETS.get(found[1].lower(), "") if found else "utf-8"
    if charset.startswith("utf-16"):  # its declaration could be read as ASCII, so it is not
        return _as_utf_8_or_gb(data)[0], True
    if charset == "utf-8":
        return _as_utf_8_or_gb(data)
    likelier = _likelier(data, charset)
    return (_strictly(data, charset), False) if likelier is None else (likelier, True)


def _as_utf_8_or_gb(data: bytes) -> tuple[str, bool]:
    try:
        return data.decode("utf-8"), False
    except UnicodeDecodeError:
        return _strictly(data, "gb18030"), True


def _likelier(data: bytes, declared: str) -> str | None:
    """Read bytes as what they are more likely to be than what was declared; None: as declared."""
    if data.isascii():
        return None
    for tried, meant in _LIKELIER.get(declared, ()):
        try:
            text = data.decode(tried)
        except UnicodeDecodeError:
            continue
        if (declared in _WESTERN and tried == "utf-8") or _FAR_EAST.search(text):
            return data.decode(meant)
    return None


def _strictly(data: bytes, charset: str) -> str:
    if not charset:
        raise Unreadable("报文声明的字符编码不接受，应为 UTF-8 或 GB 18030")
    try:
        return data.decode(charset)
    except UnicodeDecodeError as error:
        raise Unreadable(f"报文不是 {charset.upper()} 编码的文字") from error


def read_xml(text: str) -> Node:
    """Read a decoded XML document; `Unreadable` when it is none, or one of the dangerous kind."""
    builder = _Builder()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.characters
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    try:
        parser.Parse(text, True)
    except expat.ExpatError as error:
        where = f"第 {error.lineno} 行第 {error.offset + 1} 列"
        raise Unreadable(f"不是完整的 XML：{where}读不下去", element=builder.path()) from error
    except (ValueError, UnicodeEncodeError) as error:
        raise Unreadable("XML 里有不能出现的字符", element=builder.path()) from error
    return builder.root


def _refuse_doctype(*_declared: Any) -> None:
    raise Unreadable("XML 带有 DOCTYPE，不接受", element="!DOCTYPE")


class _Builder:
    """Builds nodes from expat's events and keeps the bounds."""

    def __init__(self) -> None:
        self.root = Node("")
        self._open = [self.root]
        self._texts: list[list[str]] = [[]]
        self._count = 0

    def path(self) -> str:
        return "/".join(node.name for node in self._open[1:])

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        space, _, name = tag.rpartition(" ")
        self._count += 1
        if self._count > MOST_ELEMENTS or len(self._open) > DEEPEST:
            raise Unreadable("XML 的元素太多或嵌套太深，不接受", element=self.path())
        node = Node(name, space)
        if attributes:
            node.attributes = {key.rpartition(" ")[2]: text for key, text in attributes.items()}
        self._open[-1].children.append(node)
        self._open.append(node)
        self._texts.append([])
        if self._count == 1:
            self.root = node

    def end(self, _tag: str) -> None:
        self._open.pop().text = "".join(self._texts.pop())

    def characters(self, text: str) -> None:
        self._texts[-1].append(text)


def read_json(text: str) -> Node:
    """Read a decoded JSON object as if its members were elements, a list as repeated ones."""
    try:
        tree = orjson.loads(text)
    except orjson.JSONDecodeError:
        tree = _leniently(text)
    if isinstance(tree, list) and len(tree) == 1:
        tree = tree[0]
    if not isinstance(tree, dict):
        raise Unreadable("JSON 报文应是一个对象")
    root = Node("alert")
    budget = [MOST_ELEMENTS]
    _members(root, tree, 1, budget)
    inner = root.children[0] if len(root.children) == 1 else None
    return inner if inner is not None and inner.children else root


def _leniently(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unreadable("不是完整的 JSON") from error


def _members(parent: Node, members: dict[str, Any], depth: int, budget: list[int]) -> None:
    if depth > DEEPEST:
        raise Unreadable("JSON 嵌套太深，不接受", element=parent.name)
    for name, value in members.items():
        for one in value if isinstance(value, list) else (value,):
            budget[0] -= 1
            if budget[0] < 0:
                raise Unreadable("JSON 的成员太多，不接受", element=parent.name)
            parent.children.append(_member(name, one, depth, budget))


def _member(name: str, value: Any, depth: int, budget: list[int]) -> Node:
    node = Node(name)
    if isinstance(value, dict):
        _members(node, value, depth + 1, budget)
    elif isinstance(value, list):
        raise Unreadable("JSON 的列表里不应再有列表", element=name)
    elif value is not None:
        node.text = value if isinstance(value, str) else json.dumps(value)
    return node
