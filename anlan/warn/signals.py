"""The sign of a warning as a picture (预警信号图标), and its words as they are put into a group.

The drawings are ours: a few strokes in a square of a hundred, by hazard, on the colour of the level
as the table of levels has it. The official icons of the weather service are others' work and not
copied.
"""

from collections.abc import Mapping
from datetime import datetime
from xml.sax.saxutils import escape

from anlan import codes
from anlan.codes.hazard_kinds import hazards
from anlan.kernel import clock
from anlan.warn.models import Alert

SIDE = 720
FONT = "'Noto Sans CJK SC','PingFang SC','Microsoft YaHei',sans-serif"
#: Above this brightness (of 255) dark ink is read better than white.
BRIGHT = 120

_CLOUD = "M28 48a14 14 0 0 1 4-27 20 20 0 0 1 37 3 12 12 0 0 1 4 24z"
_WAVES = "M14 62q9-9 18 0t18 0 18 0 18 0M14 78q9-9 18 0t18 0 18 0 18 0"
#: The ground of a warning whose level nobody has said.
UNKNOWN = "#5b6470"
#: What each drawing is made of: strokes of one path.
GLYPHS: Mapping[str, str] = {
    "rain": f"{_CLOUD}M34 58l-6 18M50 58l-6 18M66 58l-6 18",
    "snow": f"{_CLOUD}M30 66h12M36 60v12M52 76h12M58 70v12M66 60h8M70 56v8",
    "thunder": f"{_CLOUD}M54 52L42 70h14L46 88",
    "wind": "M14 34h48a10 10 0 1 0-9-14M14 50h62a11 11 0 1 1-10 16M14 66h34a9 9 0 1 1-8 13",
    "typhoon": "M50 36a14 14 0 1 1-.1 0M50 36c18-16 34-6 36 8M50 64C32 80 16 70 14 56",
    "cold": "M50 14v72M19 32l62 36M81 32L19 68M42 20l8 8 8-8M42 80l8-8 8 8",
    "heat": "M50 30a20 20 0 1 1-.1 0M50 8v10M50 82v10M8 50h10M82 50h10M20 20l7 7M73 73l7 7"
            "M80 20l-7 7M27 73l-7 7",
    "fog": "M16 32h68M26 46h58M16 60h52M26 74h58",
    "water": f"M50 12c12 16 18 24 18 31a18 18 0 0 1-36 0c0-7 6-15 18-31z{_WAVES}",
    "sea": f"M14 46q14-28 36-18-14 6-8 18t26 2q10-4 18-2{_WAVES}",
    "slope": "M12 84L46 22l42 62zM52 46l-8 12 12 4-8 14",
    "quake": "M10 54h18l8-28 14 52 12-38 7 14h21",
    "fire": "M50 88c-20 0-28-14-24-30 4 6 8 8 12 6-4-20 4-38 18-52 0 20 22 28 18 52"
            "-2 14-10 24-24 24z",
    "danger": "M50 14l40 70H10zM50 40v20M50 70v4",
}  # fmt: skip
#: Which drawing a hazard has; every other is a mere sign of danger.
DRAWN: Mapping[str, str] = {
    "rainstorm": "rain", "waterlogging": "rain", "hail": "rain", "snowstorm": "snow",
    "lightning": "thunder", "severe-convection": "thunder", "thunderstorm-gale": "thunder",
    "gale": "wind", "sea-gale": "wind", "sandstorm": "wind", "typhoon": "typhoon",
    "tornado": "typhoon", "cold-wave": "cold", "frost": "cold", "freezing": "cold",
    "road-icing": "cold", "sea-ice": "cold", "heat": "heat", "drought": "heat", "fog": "fog",
    "haze": "fog", "flood": "water", "flash-flood": "water", "dam-danger": "water",
    "dyke-danger": "water", "storm-surge": "sea", "sea-wave": "sea", "tsunami": "sea",
    "red-tide": "sea", "geological": "slope", "tailings": "slope", "mine": "slope",
    "coal-mine": "slope", "earthquake": "quake", "fire": "fire", "forest-fire": "fire",
    "grassland-fire": "fire", "fireworks": "fire",
}  # fmt: skip


def glyph_of(hazard: str) -> str:
    """Give the drawing of a hazard: the path of an SVG in a square of a hundred."""
    return GLYPHS[DRAWN.get(hazard, "danger")]


def draw_sign(alert: Alert) -> str:
    """Draw the sign of an alert as SVG: hazard, colour, station and time."""
    level = codes.table("warning-levels").get(str(alert.level)) if alert.level else None
    ground = (level.text("color") if level else None) or UNKNOWN
    name = hazards()[alert.hazard].name if alert.hazard in hazards() else alert.title
    colour = level.text("color_name") if level else ""
    ink = _ink(ground)
    glyph = glyph_of(alert.hazard)
    lines = ((name, 490, 96), (colour, 568, 64), (alert.station, 626, 34), (_at(alert), 668, 30))
    texts = "".join(_text(text, y, most) for text, y, most in lines if text)
    label = escape(f"{name}{colour}预警信号", {'"': "&quot;"})
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE} {SIDE}" role="img"'
        f' aria-label="{label}">'
        f'<rect width="{SIDE}" height="{SIDE}" rx="48" fill="{ground}"/>'
        f'<rect x="22" y="22" width="676" height="676" rx="34" fill="none" stroke="{ink}"'
        ' stroke-width="8"/>'
        f'<path transform="translate(195 50) scale(3.3)" d="{glyph}" fill="none" stroke="{ink}"'
        ' stroke-width="5" stroke-linecap="round" stroke-linejoin="round"/>'
        f'<g fill="{ink}" text-anchor="middle" font-family="{FONT}" font-weight="700">{texts}</g>'
        "</svg>"
    )


def group_text(alert: Alert) -> str:
    """Put an alert's words together to be pasted into a group; nothing of them is altered."""
    foot = f"{alert.station} {_at(alert)}".strip()
    parts = (alert.title, alert.text, alert.instruction, foot)
    return "\n".join(part for part in parts if part)


def _at(alert: Alert) -> str:
    moment: datetime | None = alert.sent_at or alert.issued_at
    return f"{clock.local(moment):%Y-%m-%d %H:%M}" if moment else ""


def _text(text: str, y: int, most: int) -> str:
    """Write a line as large as it may be without leaving the picture."""
    size = min(most, int(620 / max(_width(text), 1)))
    return f'<text x="{SIDE // 2}" y="{y}" font-size="{size}">{escape(text)}</text>'


def _width(text: str) -> float:
    """Measure a line in ems: an ASCII character takes about half of one."""
    return sum(0.58 if char.isascii() else 1.0 for char in text)


def _ink(ground: str) -> str:
    """Choose the ink that is legible on a colour."""
    red, green, blue = (int(ground[at : at + 2], 16) for at in (1, 3, 5))
    bright = 0.299 * red + 0.587 * green + 0.114 * blue > BRIGHT
    return "#1d1402" if bright else "#ffffff"
