"""Loss figures: which there are, and how what many regions tell adds up.

Unknown is not zero. A field that is not among the figures is not known; a sum in which something
is not known is a lower bound and names what is missing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from anlan import codes
from anlan.kernel.errors import Invalid

#: Field -> number; what is not in it is not known.
Figures = Mapping[str, float]

#: Figures are kept to so many digits: hectares, kilometres and 万元 have no more.
DIGITS = 2
#: More than this is a slip of the hand (万元 typed as 元).
MOST = 1e9


@dataclass(frozen=True)
class Field:
    """One figure of the survey."""

    key: str
    group: str
    name: str
    name_en: str
    unit: str
    unit_en: str
    whole: bool
    #: The field it is part of (其中); "" for none.
    of: str
    #: The cumulative field of which it is what holds now (实时); "" for none.
    now_of: str
    note: str
    note_en: str
    confidence: str

    @property
    def grows(self) -> bool:
        """Whether it only grows while a matter lasts."""
        return not self.now_of


def fields() -> dict[str, Field]:
    """List the fields in the order of the survey, by key."""
    return _fields(codes.table("loss-fields"))


@lru_cache(maxsize=4)
def _fields(table: codes.Table) -> dict[str, Field]:
    return {
        row.code: Field(
            key=row.code, group=row.text("group") or "", name=row.name, name_en=row.name_en,
            unit=row.text("unit") or "", unit_en=row.text("unit_en") or "",
            whole=bool(row.flag("whole")), of=row.text("of") or "",
            now_of=row.text("now_of") or "", note=row.text("note") or "",
            note_en=row.text("note_en") or "",
            confidence=row.confidence,
        )
        for row in table
    }  # fmt: skip


def read_figures(given: Mapping[str, object]) -> dict[str, float]:
    """Read figures as a form or a sheet gives them; blank is left out, for it is not known.

    Raises `Invalid` by field for what is no number, negative, broken where whole ones are counted,
    or out of all bounds.
    """
    known = fields()
    found: dict[str, float] = {}
    wrong: dict[str, list[str]] = {}
    for key, value in given.items():
        if value is None or value == "":
            continue
        if key not in known:
            wrong[key] = ["没有这个指标"]
            continue
        number, reason = _read(value, whole=known[key].whole)
        if reason:
            wrong[key] = [reason]
        else:
            found[key] = number
    if wrong:
        raise Invalid("有的数字不能用", errors=wrong)
    return found


def _read(value: object, *, whole: bool) -> tuple[float, str]:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return 0, "应是数字"
    try:
        number = round(float(str(value).strip().replace(",", "").replace("，", "")), DIGITS)
    except ValueError:
        return 0, "应是数字"
    if not 0 <= number <= MOST:  # neither does what is no number at all
        return 0, "不能是负数" if number < 0 else "数字太大，请核对单位"
    if whole and number != int(number):
        return 0, "应是整数"
    return (int(number) if whole else number), ""


@dataclass(frozen=True)
class Sum:
    """What a field adds up to."""

    #: Of what is known; None when nobody told anything.
    value: float | None
    #: Regions that told nothing of it: the value is a lower bound while there are any.
    missing: tuple[str, ...]

    @property
    def is_lower_bound(self) -> bool:
        """Whether it can only be more."""
        return bool(self.missing)


def add_up(told: Mapping[str, Figures | None]) -> dict[str, Sum]:
    """Add up what regions told; None is a region that has not reported."""
    return {
        key: Sum(
            value=_total(figures.get(key) for figures in told.values() if figures is not None),
            missing=tuple(
                region for region, figures in told.items() if figures is None or key not in figures
            ),
        )
        for key in fields()
    }


def _total(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return round(sum(known), DIGITS) if known else None


def added(figures: Figures, keys: Iterable[str]) -> tuple[float | None, tuple[str, ...]]:
    """Add up some fields: what is known of them, None when nothing is, and which are not known."""
    wanted = tuple(keys)
    return (
        _total(figures.get(key) for key in wanted),
        tuple(key for key in wanted if key not in figures),
    )
