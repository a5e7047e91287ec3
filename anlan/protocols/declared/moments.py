"""Lengths of time as people write them, and times as other platforms want them."""

import re
from datetime import UTC, datetime, tzinfo

from anlan.kernel.errors import Invalid
from anlan.protocols.mapping.times import EPOCH_MS, EPOCH_S, ISO

_UNITS = {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
_LENGTH = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|min|h|d)")


def seconds(text: str) -> float:
    """Read ``30s``, ``5min``, ``2h``, ``1d``; `Invalid` for anything else."""
    found = _LENGTH.fullmatch(text.strip())
    if not found:
        raise Invalid(f"「{text}」不是时长，应如 30s、5min、2h、1d")
    return float(found[1]) * _UNITS[found[2]]


def spoken(length_s: float) -> str:
    """Say a length of time in Chinese, in its two largest units."""
    rest, parts = round(length_s), []
    for size, unit in ((86400, "天"), (3600, "小时"), (60, "分钟"), (1, "秒")):
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts[:2]) or "0 秒"


def written(moment: datetime, form: str, zone: tzinfo) -> str | int:
    """Write a time as another platform wants it."""
    if form == EPOCH_S:
        return int(moment.timestamp())
    if form == EPOCH_MS:
        return int(moment.timestamp() * 1000)
    there = moment.astimezone(zone)
    return there.isoformat(timespec="seconds") if form == ISO else there.strftime(form)


def millis(moment: datetime) -> int:
    """Tell a time in milliseconds since 1970 UTC."""
    return round(moment.timestamp() * 1000)


def moment_of(when_ms: int) -> datetime:
    """Turn milliseconds since 1970 into a time."""
    return datetime.fromtimestamp(when_ms / 1000, UTC)
