"""What can be replayed: days and storms by name, recordings by file."""

from __future__ import annotations

from pathlib import Path

from anlan.demo import storms
from anlan.kernel.errors import Invalid

from . import DAYS, filed
from .recording import Recording, in_ms


def read_source(name: str) -> Recording | None:
    """Read the recording a name stands for; None for a day that has yet to be made."""
    if name in DAYS or name in storms.names():
        return None
    path = Path(name)
    if path.suffix not in filed.ENDINGS:
        known = "、".join((*DAYS, *storms.names()))
        raise Invalid(f"没有名为「{name}」的回放；可用 {known}，或 .parquet、.ndjson 文件")
    return filed.read(path)


def bounds(name: str, recording: Recording | None) -> tuple[int, int]:
    """Tell when a day or recording begins and ends, ms since 1970 UTC."""
    if recording is not None:
        return recording.about.start, recording.about.end
    plan = DAYS[name] if name in DAYS else storms.storm(name)
    start = in_ms(plan.start)
    return start, start + plan.hours * 3_600_000


def titles_of(name: str) -> tuple[str, str]:
    """Give the titles of a storm's exercise, Chinese and English, which say what is simulated.

    Both are "" for all else.
    """
    if name not in storms.names():
        return "", ""
    storm = storms.storm(name)
    return (
        f"台风“{storm.name}”重演：监测数据、部门预警和应答的人都是模拟的",
        f"Replay of typhoon {storm.name_en}: gauges, warnings and people who answer are simulated",
    )
