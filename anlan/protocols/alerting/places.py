"""Places of warning messages: "lat,lon" texts to (lon, lat) rings and circles, and region codes."""

import re
from collections.abc import Iterable
from decimal import Decimal

from anlan.protocols.alerting.mending import Mend, Notes
from anlan.protocols.alerting.message import Circle, Pair, Point, Ring, Unreadable

_ALLOWED = re.compile(r"[0-9+\-.,;|，；\sEe]*")
_SEPARATED = re.compile(r"[,;|，；\s]+")
#: A closed ring has four points at least.
_FEWEST = 4
#: Letters of one point written with all the digits a number has.
_LONGEST_POINT = 50
#: Half the way round the earth.
_FARTHEST_KM = 20_040.0
#: Lengths of region codes: county, township, village.
_DIGITS = (6, 9, 12)
#: First two digits of region codes in China (GB/T 2260), from and to.
_SPANS = ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 82))
_PROVINCES = frozenset(str(two) for first, last in _SPANS for two in range(first, last + 1))


def read_ring(text: str, path: str, notes: Notes, *, home: bool = False) -> Ring:
    """Read a polygon; `Unreadable` unless it is at least a triangle of real coordinates.

    `home` says that the sender can only mean China, which tells exchanged axes apart even where
    both numbers could be latitudes.
    """
    points = _points(text, path, notes)
    points = [(lon, lat) for lon, lat in _turned(points, path, notes, home=home)]
    if points[0] != points[-1]:
        notes.mend(path, Mend.RING_OPEN)
        points.append(points[0])
    if len(points) < _FEWEST:
        raise Unreadable("多边形至少要三个不同的点，首尾相同", element=path)
    return tuple(points)


def read_circle(text: str, path: str, notes: Notes, *, home: bool = False) -> Circle:
    """Read a circle "lat,lon radius"; `Unreadable` when it is none."""
    numbers = _numbers(text, path)
    if len(numbers) != 3:
        raise Unreadable("圆应写作「纬度,经度 半径（公里）」", element=path)
    if len(text.split()) != 2:
        notes.mend(path, Mend.SEPARATORS)
    ((lon, lat),) = _turned([(numbers[1], numbers[0])], path, notes, home=home)
    if not 0 <= numbers[2] <= _FARTHEST_KM:
        raise Unreadable("圆的半径应是公里数，不能为负", element=path)
    return lon, lat, numbers[2]


def _points(text: str, path: str, notes: Notes) -> list[Point]:
    """Split into (lon, lat) as they stand: second number, first number of each pair."""
    if not _ALLOWED.fullmatch(text):
        raise Unreadable("多边形里有不是坐标的字", element=path)
    notes.count_points(max(len(text) // _LONGEST_POINT, text.count(",")), path)
    pairs = [part.split(",") for part in text.split()]
    try:
        return [(float(lon), float(lat)) for lat, lon in pairs]
    except ValueError:
        pass
    numbers = _numbers(text, path)
    if len(numbers) % 2:
        raise Unreadable("多边形的坐标不成对", element=path)
    notes.mend(path, Mend.SEPARATORS)
    return [(numbers[at + 1], numbers[at]) for at in range(0, len(numbers), 2)]


def _numbers(text: str, path: str) -> list[float]:
    if not _ALLOWED.fullmatch(text):
        raise Unreadable("坐标里有不是数字的字", element=path)
    try:
        return [float(part) for part in _SEPARATED.split(text.strip(" ,;|，；\t\r\n")) if part]
    except ValueError as error:
        raise Unreadable("坐标里有不是数字的字", element=path) from error


def _turned(points: list[Point], path: str, notes: Notes, *, home: bool) -> list[Point]:
    """Check the degrees; exchange the axes where only that makes sense of all of them."""
    if not points:
        raise Unreadable("没有坐标", element=path)
    if _fits(points) and not (home and _exchanged(points)):
        return points
    turned = [(lat, lon) for lon, lat in points]
    if not _fits(turned):
        raise Unreadable("坐标超出经纬度范围，应为 WGS-84 的「纬度,经度」", element=path)
    notes.mend(path, Mend.AXES)
    return turned


def _fits(points: list[Point]) -> bool:
    return all(abs(lon) <= 180 and abs(lat) <= 90 for lon, lat in points)


def _exchanged(points: list[Point]) -> bool:
    """Tell whether all lie in China once the axes are exchanged."""
    return all(3 <= lon <= 54 and 73 <= lat <= 136 for lon, lat in points)


def region_codes(pairs: Iterable[Pair]) -> tuple[str, ...]:
    """Pick the region codes of China among codes of any scheme, each once, as sent."""
    fitting = (value for _, value in pairs if fits_region(value))
    return tuple(dict.fromkeys(fitting))


def fits_region(code: str) -> bool:
    """Tell whether a code has the shape of a region code: digits, their number, a province."""
    return code.isascii() and code.isdigit() and len(code) in _DIGITS and code[:2] in _PROVINCES


def ring_text(ring: Ring) -> str:
    """Write a ring as CAP does: "lat,lon lat,lon"."""
    return " ".join(f"{decimal(lat)},{decimal(lon)}" for lon, lat in ring)


def circle_text(circle: Circle) -> str:
    """Write a circle as CAP does: "lat,lon radius"."""
    lon, lat, radius = circle
    return f"{decimal(lat)},{decimal(lon)} {decimal(radius)}"


def decimal(number: float) -> str:
    """Write a number so that it reads back the same, never with an exponent."""
    text = repr(float(number))
    return f"{Decimal(text):f}" if "e" in text else text
