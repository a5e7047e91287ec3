"""What a reader notes beside the message: what it mended, and what it does not know."""

from enum import StrEnum

from anlan.protocols.alerting.message import Pair, Unreadable

#: Points of all the polygons of one message; the most detailed real one had 6,208.
MOST_POINTS = 200_000
#: So many notes are kept of one message; a hostile one could hold a hundred thousand.
MOST = 200


class Mend(StrEnum):
    """Faults that are common and plain enough to be read all the same."""

    CHARSET = "charset"  # not the character set it declares
    NAMESPACE = "namespace"  # CAP without its namespace
    TIME_FORM = "time-form"  # a date and time written in another way than the form's own
    ZONE_MISSING = "zone-missing"  # no time zone: read as Beijing time
    RING_OPEN = "ring-open"  # first point not repeated as the last
    SEPARATORS = "separators"  # points separated in another way than "lat,lon lat,lon"
    AXES = "axes"  # longitude before latitude
    WORD_FORM = "word-form"  # a word of a fixed list in another case
    WORD_FOREIGN = "word-foreign"  # a word that is not in the list: taken for not known
    COLOUR = "colour"  # a colour where CAP has a severity
    ABSENT = "absent"  # a required element that is not there
    CODE_UNFIT = "code-unfit"  # a region code of a strange length
    REFERENCE = "reference"  # an earlier message that is not named in full


class Notes:
    """Collects what was mended and what is unknown, each once, in the order it was met."""

    def __init__(self) -> None:
        self._mended: dict[Pair, None] = {}
        self._unknown: dict[str, None] = {}
        self._points = 0

    def mend(self, path: str, kind: Mend) -> None:
        """Note that what stands at a path was wrong in this way."""
        if len(self._mended) < MOST:
            self._mended[path, str(kind)] = None

    def strange(self, path: str) -> None:
        """Note an element we do not know."""
        if len(self._unknown) < MOST:
            self._unknown[path] = None

    def count_points(self, more: int, path: str) -> None:
        """Count points that are about to be read; `Unreadable` when the message has too many."""
        self._points += more
        if self._points > MOST_POINTS:
            raise Unreadable(f"多边形的点超过 {MOST_POINTS} 个，不接受", element=path)

    @property
    def mended(self) -> tuple[Pair, ...]:
        """Return path and kind of everything mended."""
        return tuple(self._mended)

    @property
    def unknown(self) -> tuple[str, ...]:
        """Return the paths of everything unknown."""
        return tuple(self._unknown)
