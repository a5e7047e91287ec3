"""Ladders of escalation as data: the defaults beside this file, the operator's in ``DIR/conf``.

Files are looked at again when they change; a wrong one is refused with the place and the reason,
and the last good one stays in force (`problem` tells, for the page that shows it).
"""

import threading
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from anlan.codes.calendar import Unit, deadline
from anlan.kernel import clock, workspace
from anlan.kernel.errors import Invalid, Missing

DEFAULTS = Path(__file__).with_name("ladders.toml")
WHOM = {
    "debtor": ("本人", "The debtor"),
    "deputy": ("AB岗", "The deputy"),
    "stationed": ("驻村联村干部", "The cadre stationed in or paired with the village"),
    "duty-own": ("本级值班室", "The duty room of the same level"),
    "duty-above": ("上一级值班室", "The duty room above"),
    "commander": ("指挥长", "The commander at the same level or above"),
    "door": ("上门", "Somebody at the door"),
    "neighbour": ("邻村", "The neighbouring village"),
}
#: A rung counted from the deadline of the answer: ``due``, ``due+10min``.
DUE = "due"
#: What a rung may name; what each of them is and proves is said by whoever sends.
CHANNELS = (
    "app", "sms", "voice", "sheet", "knock", "mail", "dingtalk", "wecom", "robot", "webhook",
    "loudspeaker", "group",
)  # fmt: skip
#: Those of them that put somebody on the call sheet.
RINGING = ("voice", "sheet")
UNITS: dict[str, Unit] = {"min": "minute", "h": "hour", "d": "day", "wd": "working-day"}


@dataclass(frozen=True)
class Span:
    """A length of time on the legal calendar."""

    amount: int
    unit: Unit

    @classmethod
    def read(cls, text: str) -> "Span":
        """Read ``30min``, ``2h``, ``3d``, ``5wd``."""
        digits = text.rstrip("abcdefghijklmnopqrstuvwxyz")
        unit = UNITS.get(text[len(digits) :])
        if not digits.isdecimal() or unit is None:
            raise Invalid(f"「{text}」不是时长：应如 30min、2h、3d、5wd")
        return cls(int(digits), unit)

    def after(self, start: datetime) -> datetime:
        """Tell the moment this long after `start`."""
        if self.unit == "minute":
            return start + timedelta(minutes=self.amount)
        return deadline(start, self.amount, self.unit)


@dataclass(frozen=True)
class Rung:
    """One rung: when, whom, how. `late` counts from the deadline, not from the beginning."""

    after: Span
    whom: str
    channels: tuple[str, ...]
    late: bool = False


@dataclass(frozen=True)
class Night:
    """Hours of the day, on the wall, in which another ladder is taken."""

    begins: time
    ends: time
    ladder: str

    def holds(self, moment: datetime) -> bool:
        """Tell whether an instant lies in these hours; they may run over midnight."""
        wall = clock.local(moment).time()
        if self.begins <= self.ends:
            return self.begins <= wall < self.ends
        return wall >= self.begins or wall < self.ends


@dataclass(frozen=True)
class Ladder:
    """One ladder. `night` names the one taken at night, `recall` when all is asked again."""

    key: str
    title: str
    title_en: str
    answer_within: Span | None
    until: str
    confidence: str
    rungs: tuple[Rung, ...]
    night: Night | None = None
    recall: Span | None = None

    def due(
        self, issued_at: datetime, rung: int, answer_due: datetime | None = None
    ) -> datetime | None:
        """Tell when a rung (counted from 0) is due; None past the ladder's end."""
        if rung >= len(self.rungs):
            return None
        step = self.rungs[rung]
        return step.after.after(answer_due if step.late and answer_due else issued_at)


def read(path: Path) -> dict[str, Ladder]:
    """Read a ladder file; `Invalid` names the file, the ladder and what is wrong."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Invalid(f"{path.name}：{error}") from error
    found = {}
    for key, table in raw.items():
        try:
            found[key] = _ladder(key, table)
        except (Invalid, KeyError, TypeError, AttributeError) as error:
            reason = error.detail if isinstance(error, Invalid) else f"缺少或写错了 {error}"
            raise Invalid(f"{path.name} [{key}]：{reason}") from error
    return found


def _ladder(key: str, table: Mapping[str, Any]) -> Ladder:
    rungs = tuple(_rung(raw) for raw in table["rungs"])
    start = datetime(2026, 1, 5).astimezone()  # any Monday: rungs are compared, not kept
    moments = [(rung.late, rung.after.after(start)) for rung in rungs]
    if not rungs or moments != sorted(moments):
        raise Invalid("rungs 至少一步，且 after 应从早到晚，due 之后的步在最后")
    if any(rung.late for rung in rungs) and not table.get("answer_within"):
        raise Invalid("用了 due 的阶梯要写 answer_within")
    if table["until"] not in ("answered", "reported"):
        raise Invalid("until 只能是 answered 或 reported")
    within, recall = table.get("answer_within"), table.get("recall")
    return Ladder(
        key, table["title"], table.get("title_en", ""), Span.read(within) if within else None,
        table["until"], table.get("confidence", "M?"), rungs, _night(table.get("night")),
        Span.read(recall) if recall else None,
    )  # fmt: skip


def _night(raw: Mapping[str, str] | None) -> Night | None:
    if raw is None:
        return None
    try:
        begins, ends = (time.fromisoformat(raw[name]) for name in ("from", "until"))
    except ValueError:
        raise Invalid("night 的 from、until 应写成 20:00 的样子") from None
    return Night(begins, ends, raw["ladder"])


def _rung(raw: Mapping[str, Any]) -> Rung:
    if raw["whom"] not in WHOM:
        raise Invalid(f"whom 不认识「{raw['whom']}」，可用：{'、'.join(WHOM)}")
    wrong = [channel for channel in raw["channels"] if channel not in CHANNELS]
    if wrong or not raw["channels"]:
        raise Invalid(f"channels 不认识「{'、'.join(wrong)}」，可用：{'、'.join(CHANNELS)}")
    after, late = raw["after"], raw["after"].startswith(DUE)
    if late:
        after = after.removeprefix(DUE).removeprefix("+") or "0min"
    return Rung(Span.read(after), raw["whom"], tuple(raw["channels"]), late)


def _check_nights(found: Mapping[str, Ladder]) -> None:
    for one in found.values():
        if one.night and one.night.ladder not in found:
            raise Invalid(f"[{one.key}]：night 指的阶梯「{one.night.ladder}」不存在")


def _check_sheets(found: Mapping[str, Ladder], shipped: Mapping[str, Ladder]) -> None:
    """Refuse what would keep people off the call sheet who stand on it as shipped.

    It is what is left when every machine fails: it must hold everybody from the first rung on.
    """
    for key in (key for key, one in shipped.items() if _rings(one)):
        night = found[key].night
        for chosen in (found[key], *((found[night.ladder],) if night else ())):
            if not _rings(chosen):
                needed = " 或 ".join(RINGING)
                raise Invalid(f"[{chosen.key}]：第一步要有 {needed}，人工叫应单上才有他们")


def _rings(one: Ladder) -> bool:
    """Tell whether whom a ladder turns to first is on the call sheet at once."""
    return any(channel in RINGING for channel in one.rungs[0].channels)


class _Shelf:
    """The ladders in force, re-read when a file changes."""

    def __init__(self) -> None:
        self._stamp: tuple[Any, ...] = ()
        self._ladders: dict[str, Ladder] = {}
        self._lock = threading.Lock()
        self.problem = ""

    def ladders(self) -> Mapping[str, Ladder]:
        own = workspace.directory() / "conf" / "ladders.toml"
        stamp = tuple((path, path.stat().st_mtime_ns) for path in (DEFAULTS, own) if path.exists())
        # Whoever comes while the files are read waits: a call must not find that there are none.
        with self._lock:
            if stamp != self._stamp:
                self._reread(stamp)
                self._stamp = stamp
            return self._ladders

    def _reread(self, stamp: tuple[Any, ...]) -> None:
        try:
            read_ = [read(path) for path, _ in stamp]
            found = {key: one for part in read_ for key, one in part.items()}
            _check_nights(found)
            _check_sheets(found, read_[0])
            self._ladders, self.problem = found, ""
        except Invalid as error:
            self.problem = error.detail
            self._ladders = self._ladders or read(DEFAULTS)


_shelf = _Shelf()


def ladder(key: str) -> Ladder:
    """Find a ladder; `Missing` when no file has it."""
    found = _shelf.ladders().get(key)
    if found is None:
        raise Missing(f"没有名为「{key}」的叫应阶梯")
    return found


def ladder_at(key: str, moment: datetime) -> Ladder:
    """Find the ladder to take at an instant: at night its night ladder, where it names one."""
    found = ladder(key)
    return ladder(found.night.ladder) if found.night and found.night.holds(moment) else found


def ladders() -> Mapping[str, Ladder]:
    """List the ladders in force."""
    return _shelf.ladders()


def problem() -> str:
    """Tell why the operator's file is not in force; "" when it is."""
    _shelf.ladders()
    return _shelf.problem
