"""Names of all open regions in memory, for a search box that answers while one types.

A national list has 665,000 names; a substring search through a database reads them all, and the
two databases' own remedies differ (trigram indexes want three letters, Chinese words have two).
Here the names of one level stand in one long text in the order of codes, so that finding is
Python's own text search, "mine and below" is one stretch of that text, and counties come before
villages of the same name. About 60 MB for the whole nation, a tenth of one for a county.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter

import numpy as np

from anlan.base.regions import scope

#: Stands between two names; no name and no typed text holds it.
GAP = "\n"

#: So few hits are all looked at and ranked; of more, beginnings are sought by themselves.
FEW = 400

#: code, name, initials; in the order of codes.
Named = tuple[str, str, str]
#: code, rank
Hit = tuple[str, int]


@dataclass(frozen=True)
class _Text:
    """Many short texts in one, and where each begins (after its gap)."""

    text: str
    starts: np.ndarray[tuple[int], np.dtype[np.int32]]

    @classmethod
    def of(cls, parts: Sequence[str]) -> "_Text":
        lengths = np.fromiter((len(part) + 1 for part in parts), np.int32, len(parts))
        starts = np.concatenate(([1], 1 + np.cumsum(lengths, dtype=np.int32)))
        return cls(GAP + GAP.join(parts) + GAP, starts)

    def find(self, needle: str, first: int, last: int) -> Iterator[tuple[int, int]]:
        """Yield (number, rank) of the texts in [first, last) that hold `needle`, each once.

        The rank is 0 for the whole text, 1 for its beginning, 2 elsewhere. A needle that begins or
        ends with `GAP` is tied to the text's beginning or end.
        """
        text, size, tied = self.text, len(needle), needle.startswith(GAP)
        begin, end = int(self.starts[first]) - 1, int(self.starts[last])
        while (begin := text.find(needle, begin, end)) >= 0:
            number = int(np.searchsorted(self.starts, begin + tied, "right")) - 1
            at_start = tied or text[begin - 1] == GAP
            whole = at_start and (needle[-1] == GAP or text[begin + size] == GAP)
            yield number, 0 if whole else 1 if at_start else 2
            begin = int(self.starts[number + 1]) - 1


class Level:
    """The open regions of one level."""

    def __init__(self, rows: Sequence[Named]) -> None:
        self.codes = [row[0] for row in rows]
        self._names = _Text.of([row[1] for row in rows])
        self._initials = _Text.of([row[2] for row in rows])

    def find(self, needle: str, prefixes: Sequence[str]) -> Iterator[Hit]:
        """Yield codes below any prefix whose name or initials hold a text, with its rank."""
        texts = (self._initials, self._names) if needle.isascii() else (self._names,)
        for trimmed in prefixes:
            first, last = self._stretch(trimmed)
            for text in texts:
                for number, rank in text.find(needle, first, last):
                    yield self.codes[number], rank

    def below(self, typed: str, prefixes: Sequence[str]) -> Iterator[str]:
        """Yield codes that begin with typed digits and lie below any prefix."""
        for trimmed in prefixes:
            inner, outer = sorted((typed, trimmed), key=len, reverse=True)
            if inner.startswith(outer):
                first, last = self._stretch(inner)
                yield from self.codes[first:last]

    def _stretch(self, trimmed: str) -> tuple[int, int]:
        if not trimmed:
            return 0, len(self.codes)
        following = scope.next_prefix(trimmed)
        return bisect_left(self.codes, trimmed), bisect_left(self.codes, following)


class Gazetteer:
    """All levels, the highest first."""

    def __init__(self, rows: Iterable[tuple[int, str, str, str]]) -> None:
        """Take (level, code, name, initials) in the order of codes."""
        sorted_out: dict[int, list[Named]] = {}
        for level, *named in rows:
            sorted_out.setdefault(level, []).append((named[0], named[1].lower(), named[2]))
        self._levels = [Level(sorted_out[level]) for level in sorted(sorted_out)]

    def search(self, typed: str, prefixes: Sequence[str], limit: int) -> list[str]:
        """Find codes: whole names first, then beginnings, then anywhere; higher levels first."""
        wanted = "".join(typed.lower().split())
        if not wanted or not prefixes:
            return []
        if wanted.isdecimal():
            by_code = (code for level in self._levels for code in level.below(wanted, prefixes))
            found = list(islice(by_code, limit))
            if found:
                return found
        hits = list(islice(self._find(wanted, prefixes), max(FEW, limit)))
        if len(hits) >= FEW:
            beginnings = islice(self._find(GAP + wanted, prefixes), FEW)
            hits = [*beginnings, *hits]
        hits.sort(key=itemgetter(1))
        return list(dict.fromkeys(code for code, _ in hits))[:limit]

    def _find(self, needle: str, prefixes: Sequence[str]) -> Iterator[Hit]:
        for level in self._levels:
            yield from level.find(needle, prefixes)
