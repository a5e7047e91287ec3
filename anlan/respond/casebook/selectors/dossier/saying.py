"""How the sections of a case's paper say names, moments, spans and what is left out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from anlan import codes
from anlan.base.register.masking import mask
from anlan.protocols.official import Block, Paragraph
from anlan.respond.casebook.selectors.cases import Seen
from anlan.respond.papers.selectors.briefing.facts import table

PLATFORM = "平台自动"
MINUTES_AN_HOUR, MINUTES_A_DAY = 60, 1440


@dataclass(frozen=True)
class About:
    """What a section is asked for: the case, until when, and whether names stand in clear."""

    found: Seen
    until: datetime
    clear: bool

    @property
    def cases(self) -> tuple[str, ...]:
        """Give the case with all merged into it."""
        return self.found.cases

    def person(self, name: str) -> str:
        """Write somebody's name, masked where the reader may not know it."""
        return name if self.clear else mask(name) or ""

    def who(self, ref: str, names: Mapping[str, str]) -> str:
        """Name who did something; the platform has no name to hide."""
        if ref.startswith("system:"):
            return PLATFORM
        name = names.get(ref, "")
        return self.person(name) if ref.startswith("user:") else name


def lasted(span: timedelta) -> str:
    """Say how long something took."""
    minutes = round(span.total_seconds() / 60)
    if minutes < MINUTES_AN_HOUR:
        return f"{minutes}分钟"
    long = minutes >= 2 * MINUTES_A_DAY
    units = (MINUTES_A_DAY, "天", MINUTES_AN_HOUR, "小时") if long else (
        MINUTES_AN_HOUR, "小时", 1, "分钟"
    )  # fmt: skip
    whole, rest = divmod(minutes, units[0])
    rest //= units[2]
    return f"{whole}{units[1]}{rest}{units[3]}" if rest else f"{whole}{units[1]}"


def typical(spans: Sequence[timedelta]) -> str:
    """Say the median of some spans; a dash where there are none."""
    return lasted(timedelta(seconds=median(one.total_seconds() for one in spans))) if spans else "—"


def colour(level: int | None) -> str:
    """Name a warning level."""
    return codes.table("warning-levels").name(str(level)) if level else "不分级"


def listed(
    head: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[float], *, most: int,
    rest: str = "其余见 CSV 或 JSON 导出",
) -> Iterator[Block]:  # fmt: skip
    """Set rows out, the first of them only where there are very many, and say how many are left."""
    yield table(head, rows[:most], widths)
    if len(rows) > most:
        yield Paragraph(f"共{len(rows)}条，列前{most}条，{rest}。")
