"""Recordings as files: observations in Parquet or NDJSON, the rest in TOML beside them.

A foreign file needs only stream, time and value (times RFC 3339 text or timestamps); what is not
said is taken from the file itself: it is sent when it was measured.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.json as pj
import pyarrow.parquet as pq

from anlan.kernel.errors import Invalid, Missing

from .recording import About, Due, Recording, Upkeep, in_ms, moment, ordered

COLUMNS = ("stream", "time", "value")
ENDINGS = (".parquet", ".ndjson", ".jsonl")
_MS = pa.timestamp("ms", tz="UTC")
#: Times stay text until we read them: Arrow would take one without a zone for UTC.
_TEXT = pa.schema(
    [("stream", pa.string()), ("time", pa.string()), ("value", pa.float64()), ("sent", pa.string())]
)


def write(recording: Recording, folder: Path, name: str) -> Path:
    """Write ``name.parquet`` and ``name.toml`` into a folder, the TOML last and in one step."""
    folder.mkdir(parents=True, exist_ok=True)
    table = pa.table(
        {
            "stream": pa.DictionaryArray.from_arrays(
                pa.array(recording.stream), pa.array(list(recording.codes))
            ),
            "time": pa.array(recording.time).cast(_MS),
            "value": pa.array(recording.value),
            "sent": pa.array(recording.sent).cast(_MS),
            "again": pa.array(recording.again),
        }
    )
    path = folder / f"{name}.parquet"
    pq.write_table(table, path, compression="zstd")
    draft = folder / f"{name}.toml.new"
    draft.write_text(_toml(recording.about), encoding="utf-8")
    draft.replace(folder / f"{name}.toml")
    return path


def read(path: Path) -> Recording:
    """Read a recording; `Missing` or `Invalid` says what is wrong with the file."""
    if not path.exists():
        raise Missing(f"找不到文件 {path}")
    table = _table(path)
    lacking = [name for name in COLUMNS if _lacks(table, name)]
    if lacking:
        raise Invalid(f"{path} 缺少列 {'、'.join(lacking)}；需要 {'、'.join(COLUMNS)}")
    if not table.num_rows:
        raise Invalid(f"{path} 里没有观测值")
    stream = table.column("stream").combine_chunks()
    if not pa.types.is_dictionary(stream.type):
        stream = stream.cast(pa.string()).dictionary_encode()
    time = _times(table, "time", path)
    sent = time if _lacks(table, "sent") else _times(table, "sent", path)
    again = table.column("again").to_numpy() if "again" in table.column_names else None
    columns = {
        "stream": stream.indices.to_numpy(zero_copy_only=False),
        "time": time,
        "value": table.column("value").cast(pa.float64()).to_numpy(),
        "sent": sent,
        "again": np.zeros(time.size, bool) if again is None else again,
    }
    codes = tuple(str(code) for code in stream.dictionary.to_pylist())
    return ordered(_about(path, int(sent.min()), int(sent.max())), codes, columns)


def _lacks(table: Any, name: str) -> bool:
    """Tell whether a column is not there, or there is nothing in it."""
    return name not in table.column_names or table.column(name).null_count == table.num_rows


def _table(path: Path) -> Any:
    try:
        if path.suffix == ".parquet":
            return pq.read_table(path)
        if path.suffix in (".ndjson", ".jsonl"):
            return pj.read_json(path, parse_options=pj.ParseOptions(explicit_schema=_TEXT))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise Invalid(f"{path} 无法读取：{error}") from error
    raise Invalid(f"{path.name} 应为 .parquet 或 .ndjson 文件")


def _times(table: Any, name: str, path: Path) -> Any:
    column = table.column(name)
    try:
        if pa.types.is_string(column.type):
            return np.array([_spelt(one) for one in column.to_pylist()], dtype=np.int64)
        return column.cast(_MS).cast(pa.int64()).to_numpy()
    except (pa.ArrowInvalid, ValueError, TypeError) as error:
        raise Invalid(f"{path} 的 {name} 列不是时间：{error}") from error


def _spelt(text: str) -> int:
    read = datetime.fromisoformat(text)
    if read.tzinfo is None:
        raise ValueError(f"「{text}」没有时区")
    return in_ms(read)


def _about(path: Path, first: int, last: int) -> About:
    """Read the TOML beside a file; without one the file speaks for itself."""
    beside = path.with_suffix(".toml")
    raw: dict[str, Any] = {}
    if beside.exists():
        try:
            raw = tomllib.loads(beside.read_text(encoding="utf-8"))
        except tomllib.TOMLDecodeError as error:
            raise Invalid(f"{beside} 无法读取：{error}") from error
    try:
        return About(
            name=str(raw.get("name", path.stem)),
            title=str(raw.get("title", path.stem)),
            title_en=str(raw.get("title_en", path.stem)),
            start=_at(raw, "start", first - 1),
            end=_at(raw, "end", last + 1),
            ways=dict(raw.get("ways", {})),
            upkeep=tuple(
                Upkeep(one["station"], _at(one, "starts"), _at(one, "ends"), one["reason"])
                for one in raw.get("upkeep", ())
            ),
            due=tuple(_due(one) for one in raw["due"]) if "due" in raw else None,
            faults=tuple(raw.get("faults", ())),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise Invalid(f"{beside} 缺少或写错了：{error}") from error


def _due(raw: Mapping[str, Any]) -> Due:
    return Due(
        rule=raw["rule"], matter=raw["matter"], hazard=raw.get("hazard", ""),
        level=raw.get("level"), after=_at(raw, "after"), before=_at(raw, "before"),
        until=_at(raw, "until", _at(raw, "before")), note=raw.get("note", ""),
    )  # fmt: skip


def _at(raw: Mapping[str, Any], name: str, otherwise: int | None = None) -> int:
    found = raw.get(name)
    if found is None and otherwise is not None:
        return otherwise
    if not isinstance(found, datetime) or found.tzinfo is None:
        raise TypeError(f"{name} 应为带时区的时间")
    return in_ms(found)


def _toml(about: About) -> str:
    lines = [
        f"name = {_text(about.name)}",
        f"title = {_text(about.title)}",
        f"title_en = {_text(about.title_en)}",
        f"start = {_time(about.start)}",
        f"end = {_time(about.end)}",
        f"faults = [{', '.join(_text(one) for one in about.faults)}]",
        "", "[ways]", *(f"{_text(code)} = {_text(way)}" for code, way in about.ways.items()),
    ]  # fmt: skip
    for one in about.upkeep:
        lines += ["", "[[upkeep]]", *_lines(asdict(one), ("starts", "ends"))]
    if about.due is not None and not about.due:
        lines.insert(6, "due = []")
    for alarm in about.due or ():
        lines += ["", "[[due]]", *_lines(asdict(alarm), ("after", "before", "until"))]
    return "\n".join(lines) + "\n"


def _lines(row: Mapping[str, Any], times: tuple[str, ...]) -> list[str]:
    spelt = {name: _time(value) if name in times else _plain(value) for name, value in row.items()}
    return [f"{name} = {text}" for name, text in spelt.items() if text]


def _plain(value: Any) -> str:
    return "" if value is None else _text(value) if isinstance(value, str) else str(value)


def _text(value: str) -> str:
    # A basic string of TOML is one of JSON, as long as no control character is in it.
    return json.dumps(value, ensure_ascii=False)


def _time(ms: int) -> str:
    return moment(ms).astimezone(UTC).isoformat(timespec="milliseconds")
