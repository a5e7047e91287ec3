"""A pasted text made plain for matching, every character still knowing where it came from."""

from anlan.protocols.alerting.message import Unreadable

#: Characters of a text an officer pastes; a night's bulletin has two thousand.
LONGEST = 20_000

#: Full-width signs, digits and letters to their ASCII forms, and the odd spaces.
_SHIFT = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_PLAIN = str.maketrans({**_SHIFT, 0x3000: " ", 0xA0: " ", 0x09: " ", 0x0D: "\n"})
#: Invisible characters that chat programs put between others.
_INVISIBLE = frozenset(
    "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad\u202a\u202b\u202c\u202d\u202e"
)


class Plain:
    """The plain text, and the place of each of its characters in the pasted one."""

    def __init__(self, pasted: str) -> None:
        if len(pasted) > LONGEST:
            raise Unreadable(f"粘贴的文字超过 {LONGEST} 字，请只粘贴预警", element="text")
        self.pasted = pasted
        self._places = [at for at, char in enumerate(pasted) if char not in _INVISIBLE]
        self.text = "".join(pasted[at] for at in self._places).translate(_PLAIN)
        self._places.append(len(pasted))

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Tell where a part of the plain text stands in the pasted one."""
        if start >= end:
            return self._places[start], self._places[start]
        return self._places[start], self._places[end - 1] + 1

    def original(self, start: int, end: int) -> str:
        """Return a part as it was pasted."""
        first, last = self.span(start, end)
        return self.pasted[first:last]
