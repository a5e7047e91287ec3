"""What a form asks: its columns as drawn up on a page, judged before they are kept."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec

from anlan.base.register.columns import columns as register_columns
from anlan.base.register.registry import REGISTERS
from anlan.kernel.errors import Invalid

#: A sheet wider than this is read by nobody on the night.
MOST_COLUMNS = 40
MOST_CHOICES = 40
LONGEST_LABEL = 40
KEY = re.compile(r"[a-z][a-z0-9_]{0,19}")
#: Types whose cells add up.
FIGURES = ("number", "sum")


class Prefill(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A figure the platform holds already: how many rows of a register, or the sum of a column."""

    register: str
    #: Name of the column that is summed; "" counts the rows.
    column: str = ""


class Column(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One column of a form."""

    key: str
    label: str
    type: Literal["number", "text", "choice", "date", "bool", "photo", "sum"] = "number"
    unit: str = ""
    #: How it is filled, in a few words.
    help: str = ""
    required: bool = False
    choices: tuple[str, ...] = ()
    #: Keys of the number columns a sum is made of.
    parts: tuple[str, ...] = ()
    prefill: Prefill | None = None
    #: May be below zero; what is known of it is then no lower bound.
    signed: bool = False
    #: Whether the regions are added up; a water level is not.
    totalled: bool = True

    @property
    def heading(self) -> str:
        """What stands above the column: 转移人数（人）."""
        return f"{self.label}（{self.unit}）" if self.unit else self.label


def columns_of(kept: Any) -> tuple[Column, ...]:
    """Read columns as they are kept."""
    return msgspec.convert(kept, tuple[Column, ...])


def kept(columns: Sequence[Column]) -> list[dict[str, Any]]:
    """Write columns as they are kept."""
    return [msgspec.to_builtins(column) for column in columns]


def read_columns(given: Sequence[Any], *, free: bool) -> tuple[Column, ...]:
    """Judge columns as somebody drew them; `Invalid` names each slip by its column."""
    errors: dict[str, list[str]] = {}
    found: list[Column] = []
    for place, raw in enumerate(given):
        try:
            column = msgspec.convert(raw, Column)
        except msgspec.ValidationError:
            errors[f"columns.{place}"] = ["这一列读不懂，请删去重加"]
            continue
        found.append(column)
        reasons = list(_slips(column, free=free))
        if reasons:
            errors[f"columns.{place}"] = reasons
    errors |= _together(found)
    if errors:
        raise Invalid("有几处需要改正", errors=errors)
    return tuple(found)


def _slips(column: Column, *, free: bool) -> list[str]:
    """List what is wrong with a column by itself."""
    told = []
    if not KEY.fullmatch(column.key):
        told.append("列的代号应是小写字母开头的字母和数字")
    if not column.label.strip() or len(column.label) > LONGEST_LABEL:
        told.append(f"列名应有 1 至 {LONGEST_LABEL} 个字")
    if column.type == "choice" and not _fine_choices(column.choices):
        told.append(f"选择列应有 2 至 {MOST_CHOICES} 个不同的选项")
    if column.type == "sum" and len(column.parts) < 2:
        told.append("合计列至少由两列相加")
    if column.prefill is not None:
        told += _prefill_slips(column, column.prefill, free=free)
    return told


def _fine_choices(choices: Sequence[str]) -> bool:
    apart = {one.strip() for one in choices}
    return 2 <= len(choices) <= MOST_CHOICES and len(apart) == len(choices) and "" not in apart


def _prefill_slips(column: Column, prefill: Prefill, *, free: bool) -> list[str]:
    if column.type != "number" or free:
        return ["只有每地区一行的数字列可以用台账预填"]
    entry = REGISTERS.get(prefill.register)
    if entry is None:
        return [f"没有台账「{prefill.register}」"]
    if prefill.column and prefill.column not in summable(prefill.register):
        return [f"台账「{entry.title}」没有可以求和的「{prefill.column}」"]
    return []


def summable(register: str) -> Mapping[str, str]:
    """Tell the columns of a register that can be summed: name -> label."""
    entry = REGISTERS[register]
    return {
        one.name: one.label
        for one in register_columns(entry)
        if one.type in ("int", "float") and not one.computed and not one.sealed
    }


def _together(found: Sequence[Column]) -> dict[str, list[str]]:
    """Judge the columns as a whole: names apart, sums of what is there."""
    errors: dict[str, list[str]] = {}
    if not found:
        errors["columns"] = ["至少要有一列"]
    if len(found) > MOST_COLUMNS:
        errors["columns"] = [f"最多 {MOST_COLUMNS} 列"]
    keys = [column.key for column in found]
    headings = [column.label.strip() for column in found]
    numbers = {column.key for column in found if column.type == "number"}
    for place, column in enumerate(found):
        reasons = []
        if keys.count(column.key) > 1 or headings.count(column.label.strip()) > 1:
            reasons.append(f"「{column.label}」写了两次")
        if column.type == "sum" and not set(column.parts) <= numbers:
            reasons.append("合计列只能由本表的数字列相加")
        if reasons:
            errors[f"columns.{place}"] = reasons
    return errors
