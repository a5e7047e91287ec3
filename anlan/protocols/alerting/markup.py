"""Write XML as text: escaped, indented, the same bytes for the same content."""

import re
from collections.abc import Iterator
from urllib.parse import quote

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'

#: Characters no XML document can hold; they come in with text pasted from office programs.
_IMPOSSIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SPECIAL = re.compile('[&<>"\r\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]')
_IN_ADDRESS = "%/?:@!$&'()*+,;=-._~"
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


def escaped(text: str) -> str:
    """Escape a text for an element; what XML cannot hold is left out.

    A carriage return is written as a reference, or the reader's line ends would not be ours.
    """
    if not _SPECIAL.search(text):
        return text
    text = _IMPOSSIBLE.sub("", text)
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace("\r", "&#13;")


def quoted(text: str) -> str:
    """Escape a text for an attribute and put it in quotation marks."""
    text = escaped(text).replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;")
    return f'"{text}"'


def address(text: str) -> str:
    """Write an address so that it is a URI: what may not stand in one is percent-encoded."""
    page, hash_sign, part = text.strip().partition("#")
    page, part = (_STRAY_PERCENT.sub("%25", one) for one in (page, part))
    return quote(page, safe=_IN_ADDRESS) + hash_sign + quote(part, safe=_IN_ADDRESS)


class Sheet:
    """A document being written, line by line."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._depth = 0

    def leaf(self, name: str, text: str) -> None:
        """Write an element with a text."""
        indent = "  " * self._depth
        if text:
            self._lines.append(f"{indent}<{name}>{escaped(text)}</{name}>\n")
        else:
            self._lines.append(f"{indent}<{name}/>\n")

    def empty(self, name: str, attributes: str) -> None:
        """Write an element that has only attributes."""
        self._lines.append(f"{'  ' * self._depth}<{name}{attributes}/>\n")

    def some(self, name: str, text: str) -> None:
        """Write an element unless its text is empty."""
        if text:
            self.leaf(name, text)

    def open(self, name: str, attributes: str = "") -> None:
        """Begin an element that holds others."""
        self._lines.append(f"{'  ' * self._depth}<{name}{attributes}>\n")
        self._depth += 1

    def close(self, name: str) -> None:
        """End it."""
        self._depth -= 1
        self._lines.append(f"{'  ' * self._depth}</{name}>\n")

    def __iter__(self) -> Iterator[str]:
        """Walk the lines."""
        return iter(self._lines)

    def document(self) -> bytes:
        """Return the whole document."""
        return (DECLARATION + "".join(self._lines)).encode()
