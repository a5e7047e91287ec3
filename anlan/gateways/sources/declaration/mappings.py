"""The parts of a declaration that say what the answer means."""

from typing import cast

from anlan.gateways.sources.declaration.requests import plain
from anlan.kernel import units
from anlan.kernel.clock import LOCAL_ZONE
from anlan.kernel.errors import Invalid
from anlan.protocols.declared.taking import Table
from anlan.protocols.mapping import Blanks, Coding, Form, Mapping, Marks, Path, TimeForm, Value
from anlan.protocols.mapping.columns import names_in
from anlan.protocols.mapping.declared import FORMS, POLICIES, Policy
from anlan.protocols.mapping.documents import known_charset
from anlan.protocols.mapping.numbers import Scale
from anlan.protocols.mapping.times import ISO, check_format, zone_of

WHOLE = Path.read(".")
MOST_VALUES = 200


def read_form(top: Table) -> Form:
    """Read ``[form]``: what the answer is."""
    table = top.table("form")
    if table is None:
        return Form()
    charset = table.text("charset", "auto")
    if not known_charset(charset):
        table.slip("charset", f"不认识的字符集「{charset}」，应如 auto、utf-8、gb18030")
    delimiter = table.any("delimiter", ",")
    if not isinstance(delimiter, str) or len(delimiter) != 1:
        table.slip("delimiter", '应是一个字符，如 ","、"\\t"')
        delimiter = ","
    made = Form(
        kind=table.text("kind", "json", choices=FORMS),
        charset=charset,
        delimiter=delimiter,
        header=table.flag("header", default=True),
        skip=table.whole("skip", 0, low=0, high=1000),
    )
    table.done()
    return made


def read_mapping(top: Table) -> Mapping:
    """Read ``[mapping]``."""
    table = top.table("mapping")
    if table is None:
        top.slip("mapping", "必须填写：字段怎样对应监测项")
        return Mapping(WHOLE, {}, (), TimeForm(), ())
    blanks = _blanks(table, Blanks())
    marks = _marks(table, None)
    codes = _codes(table)
    paths, form = _time(table)
    values = [_value(one, blanks, marks, set(codes)) for one in table.tables("values")]
    if not 0 < len(values) <= MOST_VALUES:
        table.slip("values", f"至少一个 [[mapping.values]]，最多 {MOST_VALUES} 个")
    made = Mapping(
        records=table.made("records", Path.read, ".") or WHOLE,
        codes=codes,
        time=paths,
        time_form=form,
        values=tuple(values),
        rename={key: str(value) for key, value in table.items("rename").items()},
        unnamed=_policy(table, "unnamed"),
        other_items=_policy(table, "other_items", "reject"),
    )
    table.done()
    if any(value.item for value in values) and "item" not in codes:
        table.slip("item", "values 中写了 item，但没有声明 [mapping.item] 在哪个字段")
    return made


def _codes(table: Table) -> dict[str, Coding]:
    found = {name: table.table(name) for name in ("station", "item")}
    others = table.table("parts")
    if others is not None:
        found |= {name: others.table(name) for name in others.raw}
    return {name: _coding(one) for name, one in found.items() if one is not None}


def _coding(table: Table) -> Coding:
    made = Coding(
        path=table.made("path", Path.read) or WHOLE,
        width=table.whole("width", 0, low=0, high=64),
        table=_map(table),
        unmapped=_policy(table, "unmapped"),
    )
    table.done()
    return made


def _map(table: Table) -> dict[str, str]:
    """Take the codes written here and those of a file beside the declaration."""
    from_file = table.made("map_file", table.files, "") or {}
    return from_file | {key: str(value) for key, value in table.items("map").items()}


def _time(table: Table) -> tuple[tuple[Path, ...], TimeForm]:
    inner = table.table("time")
    if inner is None:
        table.slip("time", "必须填写 [mapping.time]：时间在哪个字段")
        return (), TimeForm()
    paths = []
    for text in inner.listed("path"):
        try:
            paths.append(Path.read(str(text)))
        except Invalid as error:
            inner.slip("path", error.detail)
    if not paths:
        inner.slip("path", "必须填写")
    formats = tuple(map(str, inner.listed("format", [ISO])))
    for form in formats:
        try:
            check_format(form)
        except Invalid as error:
            inner.slip("format", error.detail)
    zone = inner.made("zone", zone_of, "Asia/Shanghai") or LOCAL_ZONE
    inner.done()
    return tuple(paths), TimeForm(formats, zone)


def _value(table: Table, blanks: Blanks, marks: Marks | None, codes: set[str]) -> Value:
    made = Value(
        path=table.made("path", Path.read) or WHOLE,
        stream=_stream(table, codes),
        item=table.text("item", ""),
        unit=_unit(table),
        unit_path=table.made("unit_path", Path.read, ""),
        scale=Scale(
            factor=table.number("factor", 1.0, low=-1e12, high=1e12),
            offset=table.number("offset", 0.0, low=-1e12, high=1e12),
            words=_words(table),
        ),
        blanks=_blanks(table, blanks),
        marks=_marks(table, marks),
    )
    if made.scale.factor == 0:
        table.slip("factor", "不能是 0")
    table.done()
    return made


def _stream(table: Table, codes: set[str]) -> str:
    text = table.text("stream")
    try:
        unknown = [name for name in names_in(text) if name not in codes]
    except ValueError:
        table.slip("stream", f"「{text}」中的花括号读不懂，应如 {{station}}-Z")
        return ""
    for name in unknown:
        table.slip("stream", f"不认识 {{{name}}}，可用 {'、'.join(sorted(codes)) or '（没有）'}")
    return text


def _unit(table: Table) -> str:
    text = table.text("unit", "")
    try:
        return text and units.unit(text).symbol
    except Invalid as error:
        table.slip("unit", error.detail)
        return ""


def _words(table: Table) -> dict[str, float]:
    found = table.items("words")
    if not all(
        isinstance(one, int | float) and not isinstance(one, bool) for one in found.values()
    ):
        table.slip("words", "右边应是数字，如 { 开 = 1, 关 = 0 }")
        return {}
    return {key: float(value) for key, value in found.items()}


def _blanks(table: Table, default: Blanks) -> Blanks:
    return Blanks.of(table.listed("blank")) if table.has("blank") else default


def _marks(table: Table, default: Marks | None) -> Marks | None:
    inner = table.table("quality")
    if inner is None:
        return default
    made = Marks(
        path=inner.made("path", Path.read) or WHOLE,
        good=frozenset(map(plain, inner.listed("good"))),
        otherwise=_policy(inner, "otherwise", "reject"),
    )
    if not made.good:
        inner.slip("good", "必须填写：哪些标记是可用的")
    inner.done()
    return made


def _policy(table: Table, name: str, default: Policy = "keep") -> Policy:
    return cast("Policy", table.text(name, default, choices=POLICIES))
