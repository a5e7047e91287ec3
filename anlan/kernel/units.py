"""Units at the door: everything inside is in one unit per quantity.

A unit is a factor and an offset to its dimension's base unit. Decimal text in, float out.
"""

from dataclasses import dataclass

from anlan.kernel.errors import Invalid


@dataclass(frozen=True)
class Unit:
    """``base value = value * factor + offset``."""

    symbol: str
    dimension: str
    factor: float = 1.0
    offset: float = 0.0


_UNITS = (
    Unit("m", "length"),
    Unit("km", "length", 1000.0),
    Unit("cm", "length", 0.01),
    Unit("mm", "length", 0.001),
    Unit("nmi", "length", 1852.0),
    Unit("m2", "area"),
    Unit("km2", "area", 1e6),
    Unit("ha", "area", 1e4),
    Unit("mu", "area", 2000.0 / 3.0),
    Unit("m3", "volume"),
    Unit("L", "volume", 1e-3),
    Unit("1e4m3", "volume", 1e4),
    Unit("s", "time"),
    Unit("min", "time", 60.0),
    Unit("h", "time", 3600.0),
    Unit("d", "time", 86400.0),
    Unit("m/s", "speed"),
    Unit("km/h", "speed", 1 / 3.6),
    Unit("kn", "speed", 1852.0 / 3600.0),
    Unit("m3/s", "discharge"),
    Unit("L/s", "discharge", 1e-3),
    Unit("mm/h", "rain-rate"),
    Unit("Pa", "pressure"),
    Unit("hPa", "pressure", 100.0),
    Unit("kPa", "pressure", 1e3),
    Unit("MPa", "pressure", 1e6),
    Unit("degC", "temperature"),
    Unit("degF", "temperature", 5.0 / 9.0, -160.0 / 9.0),
    Unit("K", "temperature", 1.0, -273.15),
    Unit("deg", "angle"),
    Unit("kg", "mass"),
    Unit("g", "mass", 1e-3),
    Unit("t", "mass", 1e3),
    Unit("kg/s", "mass-rate"),
    Unit("ppm", "fraction", 1e-6),
    Unit("%", "fraction", 1e-2),
    Unit("1", "fraction"),
    Unit("W", "power"),
    Unit("kW", "power", 1e3),
    Unit("hp", "power", 735.49875),
    Unit("V", "voltage"),
    Unit("A", "current"),
    Unit("mA", "current", 1e-3),
    Unit("%LEL", "explosive"),
    Unit("mg/m3", "concentration", 1e-6),
    Unit("g/m3", "concentration", 1e-3),
    Unit("lx", "illuminance"),
    Unit("dB", "level"),
)

UNITS = {unit.symbol: unit for unit in _UNITS}

#: How people and instruments write them besides the symbol.
ALIASES = {
    "米": "m", "公里": "km", "千米": "km", "厘米": "cm", "毫米": "mm", "海里": "nmi",
    "平方米": "m2", "㎡": "m2", "m²": "m2", "平方公里": "km2", "km²": "km2", "公顷": "ha",
    "亩": "mu", "立方米": "m3", "m³": "m3", "万立方米": "1e4m3", "万m³": "1e4m3", "秒": "s",
    "分钟": "min", "小时": "h", "天": "d", "m³/s": "m3/s", "立方米每秒": "m3/s", "节": "kn",
    "毫米每小时": "mm/h", "百帕": "hPa", "千帕": "kPa", "兆帕": "MPa", "℃": "degC",
    "°C": "degC", "C": "degC", "℉": "degF", "°": "deg", "度": "deg", "公斤": "kg",
    "千克": "kg", "吨": "t", "克": "g", "马力": "hp", "千瓦": "kW", "升每秒": "L/s",
    "LEL%": "%LEL", "％LEL": "%LEL", "mg/m³": "mg/m3",
}  # fmt: skip


def unit(name: str) -> Unit:
    """Find a unit by symbol or by the way people write it; `Invalid` when unknown."""
    found = UNITS.get(ALIASES.get(name.strip(), name.strip()))
    if found is None:
        raise Invalid(f"不认识的单位「{name}」")
    return found


def convert(value: float, source: str, target: str) -> float:
    """Convert a value between two units of one dimension; `Invalid` when they do not match.

    >>> convert(36, "km/h", "m/s")
    10.0
    >>> convert(0, "K", "degC")
    -273.15
    """
    have, want = unit(source), unit(target)
    if have.dimension != want.dimension:
        raise Invalid(f"单位「{source}」不能换算成「{target}」")
    return (value * have.factor + have.offset - want.offset) / want.factor
