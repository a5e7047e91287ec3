"""A rule said aloud, so that an officer can agree or disagree with it."""

from collections.abc import Sequence

from anlan.sense.rules import words
from anlan.sense.rules.spec import Condition, Limit, Part, Spec


def sentence(spec: Spec, region: str, lang: str = "zh") -> str:
    """Say a rule in Chinese, or in English for any other language.

    Parameters
    ----------
    region : name of the region it applies to.
    """
    return _zh(spec, region) if lang == "zh" else _en(spec, region)


def _zh(spec: Spec, region: str) -> str:
    scope = _scope(spec, region, "zh")
    season = f"{words.name('season', spec.season, 'zh')}，" if spec.season else ""
    body = _BODIES_ZH.get(spec.kind, _levels_zh)(spec)
    tail = _tail_zh(spec)
    return f"{season}{scope}，{body}{tail}。"


def _scope(spec: Spec, region: str, lang: str) -> str:
    where = spec.where
    join = "、" if lang == "zh" else ", "
    names = [words.name("station-kinds", one, lang) for one in where.kinds]
    places = [*where.stations, *where.streams]
    if lang == "zh":
        said = f"{region}{'（' + join.join(where.regions) + '）' if where.regions else ''}内"
        said += f"的{join.join(names)}测站" if names else "的测站"
        return said + (f"（仅 {join.join(places)}）" if places else "")
    said = f"{join.join(names)} stations" if names else "stations"
    said += f" in {region}" + (f" ({join.join(where.regions)})" if where.regions else "")
    return said + (f" (only {join.join(places)})" if places else "")


def _levels_zh(spec: Spec) -> str:
    name = words.quantity(spec.quantity, "zh")
    return _steps_zh(spec, name)


def _steps_zh(spec: Spec, subject: str) -> str:
    verb = words.REACHES[spec.op][0]
    steps = [
        f"{verb}{_limit(one.limit, spec.quantity, 'zh')}{_own_hold(one, 'zh')}报{_level(one, 'zh')}"
        for one in spec.conditions
    ]
    return f"{subject}{'，'.join(steps)}"


def _rate_zh(spec: Spec) -> str:
    name = words.quantity(spec.quantity, "zh")
    turn = "上升" if spec.op.startswith(">") else "下降"
    window = words.span(spec.window_s or 3600, "zh")
    steps = [
        f"{window}内{turn}{_limit(_absolute(one.limit), spec.quantity, 'zh').rstrip()} 以上"
        f"报{_level(one, 'zh')}"
        for one in spec.conditions
    ]
    return f"{name}{'，'.join(steps)}"


def _sum_zh(spec: Spec) -> str:
    window = words.span(spec.window_s or 3600, "zh")
    return _steps_zh(spec, f"{window}累计{words.quantity(spec.quantity, 'zh')}")


def _difference_zh(spec: Spec) -> str:
    if spec.pairs:
        pairs = "；".join(f"{a} 减 {b}" for a, b in spec.pairs)
        return _steps_zh(spec, f"两处{words.quantity(spec.quantity, 'zh')}之差（{pairs}）")
    other = words.quantity(spec.other, "zh")
    return _steps_zh(spec, f"{words.quantity(spec.quantity, 'zh')}减{other}")


def _count_zh(spec: Spec) -> str:
    name = words.quantity(spec.quantity, "zh")
    if spec.window_s:
        name = f"{words.span(spec.window_s, 'zh')}累计{name}"
    group = "同一测站"
    if spec.radius_m is not None:
        group = f"相距 {spec.radius_m / 1000:g} km 以内"
    elif spec.matter == "rule":
        group = "其中"
    return _steps_zh(spec, f"{group}至少 {spec.need} 个监测项的{name}")


def _silence_zh(spec: Spec) -> str:
    level = f"，报{_level(spec.conditions[0], 'zh')}" if spec.conditions else "，报缺数"
    return (
        f"连续 {spec.intervals:g} 个上报间隔没有数据{level}；整个上报网关都没有数据时只报网关一条"
    )


def _combination_zh(spec: Spec) -> str:
    parts = [_part(one, "zh") for one in spec.parts]
    joined = "，并且".join(parts) if spec.joined == "all" else "，或者".join(parts)
    level = f"，报{_level(spec.conditions[0], 'zh')}" if spec.conditions else ""
    return f"同一测站{joined}{level}"


def _tailings_zh(_: Spec) -> str:
    return (
        "各监测点按自己的蓝、黄、橙、红限值分级；同一监测项目 4 点蓝升为黄、3 点黄升为橙、"
        "2 点橙升为红；项目之间 4 项蓝计作 1 项黄、3 项黄计作 1 项橙、2 项橙计作 1 项红，"
        "逐级累计，尾矿库取最高一级"
    )


_BODIES_ZH = {
    "rate": _rate_zh,
    "sum": _sum_zh,
    "difference": _difference_zh,
    "count": _count_zh,
    "silence": _silence_zh,
    "combination": _combination_zh,
    "tailings": _tailings_zh,
}


def _tail_zh(spec: Spec) -> str:
    said = f"；须持续 {words.span(spec.hold_s, 'zh')}" if spec.hold_s else ""
    if spec.hysteresis:
        back = "回落" if spec.op.startswith(">") else "回升"
        size = words.figure(spec.hysteresis, spec.quantity)
        said += f"；{back} {size} 以上才算解除"
    if spec.effective_from or spec.effective_to:
        first = f"{spec.effective_from} 起" if spec.effective_from else ""
        last = f"至 {spec.effective_to}" if spec.effective_to else ""
        said += f"；{first}{last}有效"
    return said


def _part(part: Part, lang: str) -> str:
    name = words.quantity(part.quantity, lang)
    if part.kind == "silence":
        return f"{name}中断" if lang == "zh" else f"{name} is silent"
    window = words.span(part.window_s or 3600, lang) if part.kind in ("sum", "rate") else ""
    limit = _limit(part.limit, part.quantity, lang)
    if lang == "zh":
        held = f"持续 {words.span(part.hold_s, lang)}" if part.hold_s else ""
        kind = {"sum": "累计", "rate": "内变化"}.get(part.kind, "")
        return f"{window}{kind}{name}{words.REACHES[part.op][0]}{limit}{held}"
    held = f" for {words.span(part.hold_s, lang)}" if part.hold_s else ""
    kind = {"sum": f" over {window}", "rate": f" change over {window}"}.get(part.kind, "")
    return f"{name}{kind} {words.REACHES[part.op][1]} {limit}{held}"


def _limit(limit: Limit | None, quantity: str, lang: str) -> str:
    if limit is None:
        return "限值" if lang == "zh" else "its limit"
    said = words.limit(limit, quantity, lang)
    if lang != "zh":
        return said
    return f"{' ' if said[:1].isdigit() else ''}{said}{' ' if said[-1:].isascii() else ''}"


def _absolute(limit: Limit | None) -> Limit | None:
    if limit is None or limit.number is None:
        return limit
    return Limit(number=abs(limit.number), factor=limit.factor, plus=limit.plus)


def _own_hold(one: Condition, lang: str) -> str:
    """Say how long this condition must hold, where it says so itself."""
    if not one.hold_s:
        return ""
    held = words.span(one.hold_s, lang)
    return f" 并持续 {held}" if lang == "zh" else f" for {held}"


def _level(one: Condition, lang: str) -> str:
    if one.level is None:
        return "提示" if lang == "zh" else "a notice without level"
    row = words.name("warning-levels", str(one.level), lang)
    if lang == "zh":
        return row.partition("（")[2].rstrip("）") or row
    return row.partition("(")[2].rstrip(")") or row


def _en(spec: Spec, region: str) -> str:
    season = f"In the {words.name('season', spec.season, 'en')}, " if spec.season else ""
    scope = _scope(spec, region, "en")
    return f"{season}{scope}: {_body_en(spec)}{_tail_en(spec)}."


def _body_en(spec: Spec) -> str:
    name = words.quantity(spec.quantity, "en")
    window = words.span(spec.window_s or 3600, "en")
    if spec.kind == "silence":
        return (
            f"no value for {spec.intervals:g} expected intervals; a whole gateway that is silent "
            "is one alarm"
        )
    if spec.kind == "tailings":
        return (
            "points are graded by their own four limits; within an item 4 blue make yellow, "
            "3 yellow orange, 2 orange red; across items 4 blue count as 1 yellow, 3 yellow as 1 "
            "orange, 2 orange as 1 red, and count on; the pond takes the worst"
        )
    if spec.kind == "combination":
        joined = " and " if spec.joined == "all" else " or "
        return joined.join(_part(one, "en") for one in spec.parts) + _raises(spec.conditions[:1])
    other = words.quantity(spec.other, "en") if spec.other else "the other"
    subjects = {
        "rate": f"the change of {name} within {window}",
        "sum": f"{name} over {window}",
        "difference": f"{name} less {other}",
        "count": f"{name} of at least {spec.need} streams",
    }
    return _steps_en(spec, subjects.get(spec.kind, name))


def _steps_en(spec: Spec, subject: str) -> str:
    verb = words.REACHES[spec.op][1]
    steps = [
        f"{verb} {_limit(one.limit, spec.quantity, 'en')}{_own_hold(one, 'en')}{_raises([one])}"
        for one in spec.conditions
    ]
    return f"{subject} {', '.join(steps)}"


def _raises(conditions: Sequence[Condition]) -> str:
    return "".join(f" raises {_level(one, 'en')}" for one in conditions)


def _tail_en(spec: Spec) -> str:
    said = f"; must hold for {words.span(spec.hold_s, 'en')}" if spec.hold_s else ""
    if spec.hysteresis:
        said += f"; over when back by {words.figure(spec.hysteresis, spec.quantity)}"
    if spec.effective_from or spec.effective_to:
        said += f"; in force {spec.effective_from or ''} to {spec.effective_to or ''}"
    return said
