"""Lengths of time and hours of the day as plans write them."""

import re
from datetime import time, timedelta

from anlan.kernel.errors import Invalid

_SPAN = re.compile(r"(\d{1,4})(min|h|d)")
_HOUR = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_UNIT = {"min": 1, "h": 60, "d": 1440}


def span(text: str) -> timedelta:
    """Read ``30min``, ``2h``, ``3d``; `Invalid` for anything else."""
    found = _SPAN.fullmatch(text)
    if not found:
        raise Invalid(f"「{text}」不是时长：应如 30min、2h、3d")
    return timedelta(minutes=int(found[1]) * _UNIT[found[2]])


def hour(text: str) -> time:
    """Read ``18:00``; `Invalid` for anything else."""
    found = _HOUR.fullmatch(text)
    if not found:
        raise Invalid(f"「{text}」不是钟点：应如 18:00")
    return time(int(found[1]), int(found[2]))


def spelled(length: timedelta) -> str:
    """Write a length as plans do: ``1d 2h``, ``30min``."""
    minutes = int(length.total_seconds() // 60)
    days, rest = divmod(minutes, 1440)
    hours, left = divmod(rest, 60)
    parts = [f"{days}d" if days else "", f"{hours}h" if hours else ""]
    parts.append(f"{left}min" if left or not minutes else "")
    return " ".join(part for part in parts if part)
