"""What a rule must satisfy before it is stored: every word known, every limit sensible."""

from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise

from anlan import codes
from anlan.codes import quantities
from anlan.kernel.errors import AnlanError, Invalid
from anlan.sense.rules.limits import SEASONAL, SEASONS, of_table
from anlan.sense.rules.spec import Condition, Limit, Spec

Errors = dict[str, list[str]]

LONGEST_WINDOW_S = 31 * 86_400
LEVELS = "stream-level-kinds"


def check(spec: Spec) -> None:
    """Raise `Invalid` with a sentence by column for whatever is wrong with a rule."""
    errors: Errors = {}
    if not spec.title.strip():
        errors["title"] = ["请填写名称"]
    _known(errors, spec)
    _numbers(errors, spec)
    _limits(errors, spec)
    _KINDS[spec.kind](errors, spec)
    if spec.effective_from and spec.effective_to and spec.effective_to < spec.effective_from:
        errors["effective_to"] = ["失效日期早于生效日期"]
    if errors:
        raise Invalid("规则有几处需要改正", errors=errors)


def _known(errors: Errors, spec: Spec) -> None:
    tables: Iterable[tuple[str, str, Iterable[str]]] = (
        ("hazard", "hazards", [spec.hazard]),
        ("season", SEASONS, [spec.season]),
        ("where", "station-kinds", spec.where.kinds),
    )
    for column, table, given in tables:
        for code in given:
            if code and code not in codes.table(table):
                errors.setdefault(column, []).append(f"「{code}」不在{codes.table(table).title}中")
    named = {"quantity": [spec.quantity], "other": [spec.other]}
    named["parts"] = [part.quantity for part in spec.parts]
    for column, keys in named.items():
        for key in keys:
            if key and quantities.get(key) is None:
                errors.setdefault(column, []).append(f"没有监测要素「{key}」")


def _numbers(errors: Errors, spec: Spec) -> None:
    wrong: Mapping[str, bool] = {
        "hysteresis": not spec.hysteresis >= 0,
        "hold_s": not 0 <= spec.hold_s <= LONGEST_WINDOW_S,
        "window_s": spec.window_s is not None and not 0 < spec.window_s <= LONGEST_WINDOW_S,
        "intervals": not 1 <= spec.intervals <= 1000,
        "radius_m": spec.radius_m is not None and not 0 < spec.radius_m <= 500_000,
        "again_s": not 0 <= spec.again_s <= LONGEST_WINDOW_S,
        "apart_s": not 0 < spec.apart_s <= LONGEST_WINDOW_S,
    }
    for column, bad in wrong.items():
        if bad:
            errors[column] = ["数值超出范围"]


def _limits(errors: Errors, spec: Spec) -> None:
    limits = [(one.limit, spec.quantity) for one in spec.conditions]
    limits += [(part.limit, part.quantity) for part in spec.parts]
    for limit, quantity in limits:
        if limit is not None:
            reason = _wrong_limit(limit, quantity)
            if reason:
                errors.setdefault("conditions", []).append(reason)
    levels = [one.level for one in spec.conditions]
    if len(set(levels)) < len(levels):
        errors.setdefault("conditions", []).append("同一级别写了两次")
    if spec.kind in ("level", "sum", "count", "difference") and not _in_order(spec):
        errors.setdefault("conditions", []).append("级别越高，限值应越严")


def _wrong_limit(limit: Limit, quantity: str) -> str:
    given = [limit.number is not None, bool(limit.level), bool(limit.table)]
    if sum(given) != 1:
        return "每个限值写数值、特征值、码表其中之一"
    if limit.level and limit.level != SEASONAL and limit.level not in codes.table(LEVELS):
        return f"「{limit.level}」不在{codes.table(LEVELS).title}中"
    if limit.table:
        try:
            if of_table(limit.table, quantity=quantity) is None:
                return f"码表限值「{limit.table}」是空的"
        except AnlanError as error:
            return error.detail
    return ""


def _in_order(spec: Spec) -> bool:
    """Tell whether figures given as numbers grow with the level; others are the streams' own."""
    known = [
        one.limit.number * one.limit.factor + one.limit.plus
        for one in sorted(spec.conditions, key=_mildest_first)
        if one.limit is not None and one.limit.number is not None
    ]
    if spec.op.startswith(">"):
        return all(a <= b for a, b in pairwise(known))
    return all(a >= b for a, b in pairwise(known))


def _mildest_first(condition: Condition) -> int:
    return -(condition.level or 9)


def _needs_limits(errors: Errors, spec: Spec) -> None:
    if not spec.quantity:
        errors.setdefault("quantity", []).append("请选择监测要素")
    if not spec.conditions or any(one.limit is None for one in spec.conditions):
        errors.setdefault("conditions", []).append("请至少写一个带限值的级别")


def _needs_window(errors: Errors, spec: Spec) -> None:
    _needs_limits(errors, spec)
    if spec.window_s is None:
        errors.setdefault("window_s", []).append("请写明多长时间内")


def _rate(errors: Errors, spec: Spec) -> None:
    _needs_window(errors, spec)
    sign = 1 if spec.op.startswith(">") else -1
    for one in spec.conditions:
        number = one.limit.number if one.limit else None
        if number is not None and number * sign <= 0:
            errors.setdefault("conditions", []).append("上升的限值应大于 0，下降的应小于 0")


def _difference(errors: Errors, spec: Spec) -> None:
    _needs_limits(errors, spec)
    if not spec.pairs and not spec.other:
        errors.setdefault("other", []).append("请选择减去的要素，或写明成对的监测项")


def _count(errors: Errors, spec: Spec) -> None:
    _needs_limits(errors, spec)
    if spec.need is None or spec.need < 2:
        errors.setdefault("need", []).append("至少 2 个")


def _silence(errors: Errors, spec: Spec) -> None:
    if len(spec.conditions) > 1 or any(one.limit is not None for one in spec.conditions):
        errors.setdefault("conditions", []).append("缺数规则至多一个级别，且没有限值")


def _combination(errors: Errors, spec: Spec) -> None:
    if len(spec.parts) < 2:
        errors.setdefault("parts", []).append("组合规则至少两个条件")
    for part in spec.parts:
        if part.kind != "silence" and part.limit is None:
            errors.setdefault("parts", []).append("每个条件都要有限值")
        if part.kind in ("sum", "rate") and not part.window_s:
            errors.setdefault("parts", []).append("累计和变化要写明多长时间内")
    if len(spec.conditions) > 1:
        errors.setdefault("conditions", []).append("组合规则至多一个级别")


def _tailings(errors: Errors, spec: Spec) -> None:
    if not spec.conditions:
        errors.setdefault("conditions", []).append("请写明各级取哪个限值")


_KINDS: Mapping[str, Callable[[Errors, Spec], None]] = {
    "level": _needs_limits,
    "rate": _rate,
    "sum": _needs_window,
    "difference": _difference,
    "count": _count,
    "silence": _silence,
    "combination": _combination,
    "tailings": _tailings,
}
