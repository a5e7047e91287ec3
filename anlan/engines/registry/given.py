"""Read a document of inputs: every figure with its unit, every direction as long as its fellows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO, StringIO
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from anlan.engines.registry.declaration import Engine, Item
from anlan.kernel.errors import Invalid
from anlan.kernel.units import convert

Floats = NDArray[np.float64]
Times = NDArray[np.int64]
Files = Callable[[str], bytes]

#: What other systems write for a value they do not have.
_NOTHING: Final = (-9999.0, -999.0, -99.0, -32768.0, -32767.0, -9999.9, -999.9)
_MOST_TIMES: Final = 2_000_000


@dataclass(slots=True)
class Given:
    """The inputs of one run as an engine takes them, in its own units.

    Optional ones that were not given are missing from the mappings. notes: what was put right.
    """

    numbers: dict[str, Floats] = field(default_factory=dict)
    texts: dict[str, list[str]] = field(default_factory=dict)
    times: dict[str, Times] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def number(self, key: str, otherwise: float | None = None) -> float:
        """Take one number, or what stands for it when it was not given."""
        found = self.numbers.get(key)
        if found is None:
            if otherwise is None:
                raise Invalid(f"缺少输入「{key}」")
            return otherwise
        return float(found)

    def text(self, key: str, otherwise: str = "") -> str:
        """Take one word."""
        return self.texts[key][0] if key in self.texts else otherwise


def understand(engine: Engine, document: Mapping[str, Any], files: Files) -> Given:
    """Turn a document into what the engine takes; `Invalid` says what is wrong and where.

    A figure is ``{"unit": "mm", "value": 3}``, an array ``{"unit": "mm", "values": [...]}`` or
    ``{"unit": "mm", "file": "rain.csv"}`` (CSV or NPY beside the document; null is not known).
    What has no unit may be a bare number or list. Times are a list of RFC 3339 moments or
    ``{"from": ..., "to": ..., "every": {"unit": "min", "value": 10}}``.
    """
    known = {item.key: item for item in engine.inputs}
    told = {key: value for key, value in document.items() if not key.startswith("$")}
    _ask_keys(engine, known, told)
    given = Given()
    for key, value in told.items():
        if value is None:
            continue
        _take(known[key], value, files, given)
    _ask_lengths(engine, given)
    return given


def _ask_keys(engine: Engine, known: Mapping[str, Item], told: Mapping[str, Any]) -> None:
    strange = sorted(set(told) - set(known))
    if strange:
        raise Invalid(
            f"引擎 {engine.key} 没有输入「{'、'.join(strange)}」；它的输入有：{'、'.join(known)}"
        )
    missing = [item.key for item in engine.inputs if item.required and told.get(item.key) is None]
    if missing:
        raise Invalid(f"缺少输入：{'、'.join(missing)}")


def _take(item: Item, value: Any, files: Files, given: Given) -> None:
    if item.kind == "times":
        given.times[item.key] = _moments(item, value)
    elif item.kind in ("text", "texts"):
        given.texts[item.key] = _words(item, value)
    elif item.kind == "file":
        if not isinstance(value, Mapping) or not isinstance(value.get("file"), str):
            raise Invalid(f'「{item.key}」要写成 {{"file": "文件名"}}')
        given.files[item.key] = files(value["file"])
    else:
        given.numbers[item.key] = _figures(item, value, files, given)


def _words(item: Item, value: Any) -> list[str]:
    words = value if isinstance(value, list) else [value]
    if not words or not all(isinstance(word, str) for word in words):
        raise Invalid(f"「{item.key}」要写成文字")
    if item.kind == "text" and len(words) != 1:
        raise Invalid(f"「{item.key}」只能写一个")
    wrong = [word for word in words if item.choices and word not in item.choices]
    if wrong:
        raise Invalid(f"「{item.key}」不能是「{wrong[0]}」，可以是：{'、'.join(item.choices)}")
    return words


def _moments(item: Item, value: Any) -> Times:
    if isinstance(value, list):
        return np.array([_moment(item, one) for one in value], dtype=np.int64)
    if not isinstance(value, Mapping) or not {"from", "to", "every"} <= set(value):
        raise Invalid(f"「{item.key}」要写成时刻的列表，或 from、to、every 三项")
    begin, end = _moment(item, value["from"]), _moment(item, value["to"])
    step = float(_plain(item, value["every"], "s")) * 1000.0
    if step < 1 or end < begin or (end - begin) / step > _MOST_TIMES:
        raise Invalid(f"「{item.key}」的 every 要大于零，to 不早于 from，最多 {_MOST_TIMES} 个时刻")
    count = int((end - begin) // step) + 1
    return np.asarray(begin + np.rint(np.arange(count) * step), dtype=np.int64)


def _moment(item: Item, text: Any) -> int:
    try:
        when = datetime.fromisoformat(str(text))
    except ValueError as error:
        raise Invalid(f"「{item.key}」的时刻读不懂：{text}") from error
    if when.tzinfo is None:
        raise Invalid(f"「{item.key}」的时刻 {text} 没有写时区，例如 2019-08-10T01:45:00+08:00")
    return round(when.timestamp() * 1000)


def _figures(item: Item, value: Any, files: Files, given: Given) -> Floats:
    if not isinstance(value, Mapping):
        if item.unit:
            raise Invalid(f'「{item.key}」没有写单位，例如 {{"unit": "{item.unit}", ...}}')
        value = {"values": value}
    unit = value.get("unit", item.unit or None)
    if item.unit and not isinstance(unit, str):
        raise Invalid(f"「{item.key}」没有写单位")
    if isinstance(value.get("file"), str):
        figures = _from_file(item, value["file"], files)
    else:
        figures = _array(item, value.get("values", value.get("value")))
    if item.unit and unit != item.unit:
        slope = _converted(item, 1.0, unit) - _converted(item, 0.0, unit)
        figures = figures * slope + _converted(item, 0.0, unit)
    return _shaped(item, _possible(item, figures, given))


def _converted(item: Item, value: float, unit: str) -> float:
    try:
        return convert(value, unit, item.unit)
    except Invalid as error:
        raise Invalid(f"「{item.key}」：{error.detail}") from error


def _plain(item: Item, value: Any, unit: str) -> float:
    if not isinstance(value, Mapping) or "value" not in value or "unit" not in value:
        raise Invalid(f'「{item.key}」的 every 要写成 {{"unit": "min", "value": 10}}')
    return convert(float(value["value"]), str(value["unit"]), unit)


def _from_file(item: Item, name: str, files: Files) -> Floats:
    body = files(name)
    try:
        if name.endswith(".npy"):
            return np.asarray(np.load(BytesIO(body), allow_pickle=False), dtype=np.float64)
        if name.endswith(".csv"):
            text = StringIO(body.decode("utf-8-sig"))
            return np.genfromtxt(text, delimiter=",", dtype=np.float64)
    except (ValueError, OSError) as error:
        raise Invalid(f"「{item.key}」的文件 {name} 读不懂：{error}") from error
    raise Invalid(f"「{item.key}」的文件 {name} 不是 .csv 或 .npy")


def _array(item: Item, value: Any) -> Floats:
    try:
        return np.array(value, dtype=np.float64)
    except (ValueError, TypeError) as error:
        raise Invalid(f"「{item.key}」不是数，或各行不一样长") from error


def _possible(item: Item, figures: Floats, given: Given) -> Floats:
    if item.low is None:
        return figures
    missing = np.isin(figures, _NOTHING)
    if missing.any():
        first = _place(missing)
        given.notes.append(
            f"「{item.key}」有 {int(missing.sum())} 个缺测标记，按不明处理，第一个在{first}"
        )
        figures = np.where(missing, np.nan, figures)
    wrong = (figures < item.low) | np.isinf(figures)
    if wrong.any():
        value = figures[tuple(np.argwhere(wrong)[0])]
        raise Invalid(f"「{item.key}」{_place(wrong)}是 {value:g}，不能小于 {item.low:g}")
    return figures


def _place(where: NDArray[np.bool_]) -> str:
    at = np.argwhere(where)[0]
    return "、".join(f"第 {int(one) + 1} 个" for one in at) or "唯一的值"


def _shaped(item: Item, figures: Floats) -> Floats:
    wanted = () if item.kind == "number" else item.axes
    if "member" in wanted and figures.ndim == len(wanted) - 1:
        figures = np.expand_dims(figures, wanted.index("member"))
    if figures.ndim == len(wanted) or (item.also and item.directions(figures.ndim) is not None):
        return figures
    told = "、".join(wanted) if wanted else "一个数"
    other = "".join(f"，或 {'、'.join(axes)}" if axes else "，或一个数" for axes in item.also)
    raise Invalid(
        f"「{item.key}」要有 {len(wanted)} 个方向（{told}{other}），给了 {figures.ndim} 个"
    )


def _ask_lengths(engine: Engine, given: Given) -> None:
    seen: dict[str, tuple[str, int]] = {}
    for item in engine.inputs:
        lengths = _lengths(item, given)
        for axis, length in zip(item.directions(len(lengths)) or (), lengths, strict=False):
            first = seen.setdefault(axis, (item.key, length))
            if first[1] != length:
                raise Invalid(
                    f"「{item.key}」的 {axis} 方向有 {length} 个，「{first[0]}」有 {first[1]} 个"
                )


def _lengths(item: Item, given: Given) -> tuple[int, ...]:
    if item.key in given.numbers:
        return given.numbers[item.key].shape
    if item.key in given.times:
        return (len(given.times[item.key]),)
    if item.key in given.texts:
        return (len(given.texts[item.key]),)
    return ()
