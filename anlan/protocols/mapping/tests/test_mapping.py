"""What other platforms send, and what becomes of it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from anlan.protocols.mapping import (
    Blanks,
    Coding,
    Form,
    Mapped,
    Mapping,
    Marks,
    Path,
    TimeForm,
    Unlike,
    Value,
    columns_of,
    parse,
)
from anlan.protocols.mapping.numbers import Scale

HYDRO = TimeForm(("%Y-%m-%d %H:%M:%S",))


def mapping(**changes: Any) -> Mapping:
    given: dict[str, Any] = {
        "records": Path.read("data.list"),
        "codes": {"station": Coding(Path.read("STCD"), width=8)},
        "time": (Path.read("TM"),),
        "time_form": HYDRO,
        "values": (Value(Path.read("Z"), "{station}-Z", unit="m"),),
    }
    return Mapping(**(given | changes))


def rows(mapped: Mapped) -> list[tuple[str, str, float]]:
    found = mapped.decoded
    return [
        (
            found.codes[stream],
            datetime.fromtimestamp(time / 1000, UTC).strftime("%m-%d %H:%M"),
            value,
        )
        for stream, time, value in zip(found.stream, found.time, found.value, strict=True)
    ]


def reasons(mapped: Mapped) -> list[tuple[int, str]]:
    return [(one.record, one.reason) for one in mapped.rejected]


def listed(*records: Any) -> dict[str, Any]:
    return {"data": {"list": list(records)}}


def test_several_quantities_of_one_record_become_observations_of_several_streams() -> None:
    values = (
        Value(Path.read("Z"), "{station}-Z", unit="m"),
        Value(Path.read("Q"), "{station}-Q", unit="m3/s"),
    )
    tree = listed({"STCD": "60101200", "TM": "2026-07-01 08:00:00", "Z": "12.35", "Q": 880})
    mapped = columns_of(tree, mapping(values=values))
    assert rows(mapped) == [
        ("60101200-Z", "07-01 00:00", 12.35),
        ("60101200-Q", "07-01 00:00", 880.0),
    ]
    assert mapped.decoded.unit is not None
    assert [mapped.decoded.units[at] for at in mapped.decoded.unit] == ["m", "m3/s"]


def test_a_code_that_lost_its_leading_zeros_gets_them_back() -> None:
    tree = listed(
        {"STCD": 1200, "TM": "2026-07-01 08:00:00", "Z": 1},
        {"STCD": 1200.0, "TM": "2026-07-01 08:05:00", "Z": 1},
        {"STCD": "1200.0", "TM": "2026-07-01 08:10:00", "Z": 1},
        {"STCD": "601012001", "TM": "2026-07-01 08:00:00", "Z": 1},
    )
    mapped = columns_of(tree, mapping())
    assert mapped.decoded.codes == ["00001200-Z"]
    assert len(mapped.decoded) == 3
    assert reasons(mapped) == [(3, "编码「601012001」多于声明的 8 位")]


def test_sentinels_are_no_values_and_no_mistakes() -> None:
    marks: list[Any] = [None, "", "--", -9999, "-9999.0", 9999.9, "9999.90", "NULL", "—"]
    tree = listed(*({"STCD": 1, "TM": "2026-07-01 08:00:00", "Z": mark} for mark in marks))
    mapped = columns_of(tree, mapping())
    assert (len(mapped.decoded), mapped.missing, mapped.rejected) == (0, len(marks), ())


def test_declared_sentinels_replace_the_usual_ones() -> None:
    values = (Value(Path.read("Z"), "{station}-Z", blanks=Blanks.of([999, "无"])),)
    tree = listed(
        *(
            {"STCD": 1, "TM": "2026-07-01 08:00:00", "Z": mark}
            for mark in (999, "999.0", "无", -9999, "--")
        )
    )
    mapped = columns_of(tree, mapping(values=values))
    assert mapped.missing == 3
    assert [row[2] for row in rows(mapped)] == [-9999.0]
    assert reasons(mapped) == [(4, "值「--」不是数")]


@pytest.mark.parametrize(
    ("formats", "written"),
    [
        (("%Y-%m-%d %H:%M:%S",), "2026-07-01 08:00:00"),
        (("%Y/%m/%d %H:%M",), "2026/7/1 8:00"),
        (("iso",), "2026-07-01T08:00:00"),
        (("iso",), "2026-07-01 08:00:00.000"),
        (("iso",), "2026-07-01T00:00:00Z"),
        (("iso",), "2026-07-01T02:00:00+02:00"),
        (("%Y%m%d%H%M",), 202607010800),
        (("%Y-%m-%d %H:%M",), "2026-06-30 24:00"),  # plus eight hours below
        (("epoch-s",), 1782864000),
        (("epoch-ms",), "1782864000000"),
        (("dotnet",), "/Date(1782864000000+0800)/"),
        (("iso", "%Y年%m月%d日 %H时"), "2026年07月01日 08时"),
    ],
)
def test_times_without_a_zone_are_beijings(formats: tuple[str, ...], written: Any) -> None:
    form = TimeForm(formats)
    wanted = 1782864000000 - (8 * 3_600_000 if "24:00" in str(written) else 0)
    assert form.millis(written) == wanted


def test_a_declared_zone_is_used_where_a_time_has_none() -> None:
    from anlan.protocols.mapping.times import zone_of

    assert TimeForm(("iso",), zone_of("UTC")).millis("2026-07-01 00:00") == 1782864000000
    assert TimeForm(("iso",), zone_of("+09:00")).millis("2026-07-01 09:00") == 1782864000000


def test_a_bad_time_costs_its_record_only() -> None:
    tree = listed(
        {"STCD": 1, "TM": "01/07/2026", "Z": 1},
        {"STCD": 1, "TM": None, "Z": 1},
        {"STCD": 1, "TM": "2026-07-01 08:00:00", "Z": 1},
        {"STCD": 1, "TM": "0001-07-01 08:00:00", "Z": 1},
    )
    mapped = columns_of(tree, mapping())
    assert len(mapped.decoded) == 1
    assert reasons(mapped) == [
        (0, "时间「01/07/2026」不符合声明的格式 %Y-%m-%d %H:%M:%S"),
        (1, "没有时间"),
        (3, "时间「0001-07-01 08:00:00」不在 1900 至 2100 年之间，可能格式或单位声明错了"),
    ]


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [("１２．５", 12.5), ("1,234.5", 1234.5), (" 3 ", 3.0), ("1e-3", 0.001), (-0.5, -0.5)],
)
def test_numbers_are_read_however_they_are_written(raw: Any, wanted: float) -> None:
    mapped = columns_of(listed({"STCD": 1, "TM": "2026-07-01 08:00:00", "Z": raw}), mapping())
    assert list(mapped.decoded.value) == [wanted]


@pytest.mark.parametrize("raw", ["12.3m", "<0.05", "inf", "1_000", True, [1], {"v": 1}, "1,23"])
def test_what_is_no_number_is_rejected_with_its_reason(raw: Any) -> None:
    mapped = columns_of(listed({"STCD": 1, "TM": "2026-07-01 08:00:00", "Z": raw}), mapping())
    assert len(mapped.decoded) == 0
    assert mapped.rejected[0].field == "Z"
    assert "不是" in mapped.rejected[0].reason
    assert "2026-07-01" in mapped.rejected[0].sample


def test_factor_offset_and_words_turn_their_values_into_ours() -> None:
    values = (
        Value(Path.read("Z"), "{station}-Z", scale=Scale(factor=0.01, offset=1.0)),
        Value(Path.read("S"), "{station}-S", scale=Scale(words={"开": 1.0, "关": 0.0})),
    )
    tree = listed(
        {"STCD": 1, "TM": "2026-07-01 08:00:00", "Z": 250, "S": "开"},
        {"STCD": 1, "TM": "2026-07-01 08:05:00", "Z": -9999, "S": "半开"},
    )
    mapped = columns_of(tree, mapping(values=values))
    assert list(mapped.decoded.value) == [3.5, 1.0]
    assert mapped.missing == 1
    assert reasons(mapped) == [(1, "值「半开」不是数")]


def test_a_long_table_is_mapped_by_item() -> None:
    codes = {
        "station": Coding(Path.read("id")),
        "item": Coding(Path.read("name"), table={"雨量": "P", "水位": "Z"}),
    }
    values = (
        Value(Path.read("v"), "{station}-P", item="P", unit="mm"),
        Value(Path.read("v"), "{station}-Z", item="Z", unit="m"),
    )
    records = [
        {"id": "A", "name": name, "t": 1782864000, "v": 1} for name in ("雨量", "水位", "电压")
    ]
    long = {
        "records": Path.read("."),
        "codes": codes,
        "values": values,
        "time": (Path.read("t"),),
        "time_form": TimeForm(("epoch-s",)),
    }
    mapped = columns_of(records, mapping(**long))
    assert mapped.decoded.codes == ["A-P", "A-Z"]
    assert reasons(mapped) == [(2, "要素「电压」没有声明怎样映射")]
    quiet = columns_of(records, mapping(**long, other_items="ignore"))
    assert (len(quiet.decoded), quiet.ignored, quiet.rejected) == (2, 1, ())


def test_a_table_of_codes_chooses_what_is_ours() -> None:
    coding = Coding(Path.read("STCD"), width=8, table={"00000001": "SK-01"}, unmapped="ignore")
    tree = listed(*({"STCD": n, "TM": "2026-07-01 08:00:00", "Z": n} for n in (1, 2)))
    mapped = columns_of(tree, mapping(codes={"station": coding}))
    assert (mapped.decoded.codes, mapped.ignored) == (["SK-01-Z"], 1)


def test_streams_may_be_renamed_one_by_one() -> None:
    tree = listed(*({"STCD": n, "TM": "2026-07-01 08:00:00", "Z": n} for n in (1, 2)))
    mapped = columns_of(tree, mapping(rename={"00000001-Z": "WL-1"}, unnamed="reject"))
    assert mapped.decoded.codes == ["WL-1"]
    assert reasons(mapped) == [(1, "监测项「00000002-Z」不在对照表中")]


def test_values_their_platform_doubts_are_not_taken() -> None:
    marks = Marks(Path.read("QC"), frozenset(("0", "1")))
    values = (Value(Path.read("Z"), "{station}-Z", marks=marks),)
    tree = listed(*({"STCD": 1, "TM": "2026-07-01 08:00:00", "Z": 1, "QC": qc} for qc in (0, "4")))
    mapped = columns_of(tree, mapping(values=values))
    assert len(mapped.decoded) == 1
    assert reasons(mapped) == [(1, "对方的质量标记是「4」，不在可用之列")]


def test_a_unit_may_stand_in_the_record() -> None:
    values = (Value(Path.read("Z"), "{station}-Z", unit="m", unit_path=Path.read("U")),)
    tree = listed(
        {"STCD": 1, "TM": "2026-07-01 08:00:00", "Z": 1, "U": "cm"},
        {"STCD": 1, "TM": "2026-07-01 08:05:00", "Z": 1},
    )
    found = columns_of(tree, mapping(values=values)).decoded
    assert found.unit is not None
    assert [found.units[at] for at in found.unit] == ["cm", "m"]


def test_records_inside_stations_know_their_station() -> None:
    tree = {
        "day": "2026-07-01",
        "stations": [
            {"code": "A", "rows": [{"h": "08:00", "v": 1}, {"h": "09:00", "v": 2}]},
            {"code": "B", "rows": None},
            {"code": "C"},
        ],
    }
    nested = mapping(
        records=Path.read("stations[].rows[]"),
        codes={"station": Coding(Path.read("^code"))},
        time=(Path.read("$.day"), Path.read("h")),
        time_form=TimeForm(("%Y-%m-%d %H:%M",)),
        values=(Value(Path.read("v"), "{station}"),),
    )
    assert rows(columns_of(tree, nested)) == [("A", "07-01 00:00", 1.0), ("A", "07-01 01:00", 2.0)]


def test_rows_without_names_and_dicts_by_code_are_records_too() -> None:
    plain = mapping(
        records=Path.read("rows"),
        codes={"station": Coding(Path.read("[0]"))},
        time=(Path.read("[1]"),),
        values=(Value(Path.read("[2]"), "{station}"),),
    )
    mapped = columns_of({"rows": [["A", "2026-07-01 08:00:00", 1]]}, plain)
    assert rows(mapped) == [("A", "07-01 00:00", 1.0)]
    keyed = mapping(
        records=Path.read("*"),
        codes={"station": Coding(Path.read("$key"))},
        time=(Path.read("t"),),
        values=(Value(Path.read('"a.b"'), "{station}"),),
    )
    mapped = columns_of({"B": {"t": "2026-07-01 08:00:00", "a.b": 2}}, keyed)
    assert rows(mapped) == [("B", "07-01 00:00", 2.0)]


def test_what_is_told_from_outside_can_name_the_station() -> None:
    told = mapping(codes={"station": Coding(Path.read("$each"))})
    tree = listed({"TM": "2026-07-01 08:00:00", "Z": 1})
    assert columns_of(tree, told, {"each": "60101200"}).decoded.codes == ["60101200-Z"]


def test_json_inside_a_text_is_opened() -> None:
    tree = {"d": '{"list":[{"STCD":"1","TM":"2026-07-01 08:00:00","Z":1}]}'}
    mapped = columns_of(tree, mapping(records=Path.read("d|json.list")))
    assert mapped.decoded.codes == ["00000001-Z"]


def test_a_document_without_the_list_is_not_an_empty_list() -> None:
    with pytest.raises(Unlike, match=r"文档里没有「data\.list」：找不到 list.*会话过期"):
        columns_of({"code": 500, "data": {"msg": "会话过期"}}, mapping())
    assert columns_of({"data": {"list": None}}, mapping()).records == 0
    assert columns_of({"data": {"list": []}}, mapping()).records == 0


def test_a_field_that_no_record_has_is_told() -> None:
    mapped = columns_of(listed({"STCD": 1, "TM": "2026-07-01 08:00:00", "ZZ": 1}), mapping())
    assert mapped.absent == ("Z",)


def test_records_without_a_code_and_things_that_are_no_records_are_rejected() -> None:
    mapped = columns_of(listed({"TM": "2026-07-01 08:00:00", "Z": 1}, 7), mapping())
    assert reasons(mapped) == [(0, "没有站码「STCD」"), (1, "记录「7」不是一组字段")]


def test_elements_are_counted_once_whether_taken_or_rejected() -> None:
    tree = listed(
        {"STCD": 1, "TM": "2026-07-01 08:00:00", "Z": "x"},
        {"STCD": 1, "TM": "2026-07-01 08:00:00", "Z": 2},
    )
    mapped = columns_of(tree, mapping())
    assert mapped.decoded.sent == 2
    assert [one.index for one in mapped.decoded.rejected] == [0]
    assert list(mapped.decoded.index) == [1]
    assert list(mapped.record) == [0, 1]


GB_XML = """<?xml version="1.0" encoding="GB2312"?>
<Response xmlns="urn:x">
<站点 编码="0001"><雨量 单位="毫米">12.5</雨量><时间>2026-07-01 08:00:00</时间></站点>
</Response>"""


def test_gb18030_xml_with_attributes_and_a_single_record_is_read() -> None:
    told = mapping(
        records=Path.read("Response.站点"),
        codes={"station": Coding(Path.read("@编码"))},
        time=(Path.read("时间"),),
        values=(Value(Path.read("雨量.#text"), "{station}-P", unit_path=Path.read("雨量.@单位")),),
    )
    mapped = columns_of(parse(GB_XML.encode("gb18030"), Form("xml")), told)
    assert rows(mapped) == [("0001-P", "07-01 00:00", 12.5)]
    assert mapped.decoded.units == ["毫米"]


CSV = "水情日报\n站码,时间,水位\n0001,2026-07-01 08:00:00,12.5\n0002,2026-07-01 08:00:00,--\n"


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_is_read_in_either_character_set(charset: str) -> None:
    told = mapping(
        records=Path.read("."),
        codes={"station": Coding(Path.read("站码"))},
        time=(Path.read("时间"),),
        values=(Value(Path.read("水位"), "{station}-Z"),),
    )
    mapped = columns_of(parse(CSV.encode(charset), Form("csv", skip=1)), told)
    assert rows(mapped) == [("0001-Z", "07-01 00:00", 12.5)]
    assert mapped.missing == 1


@pytest.mark.parametrize(
    ("body", "form", "reason"),
    [
        (b"<html>login</html>", Form("json"), "不是 JSON：「<html>login</html>」"),
        (b'{"a":1}', Form("xml"), "不是 XML"),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", Form("xml"), "DOCTYPE"),
        (b"<a>" * 300 + b"</a>" * 300, Form("xml"), "嵌套太深"),
        (b"", Form("csv"), "没有表头"),
        ("雨量站".encode("gb18030"), Form("json", "utf-8"), "不是 utf-8-sig 编码"),
        (b"[" * 100_000, Form("json"), "嵌套太深|不是 JSON"),
    ],
)
def test_a_document_of_another_kind_is_refused_whole(body: bytes, form: Form, reason: str) -> None:
    with pytest.raises(Unlike, match=reason):
        parse(body, form)


@pytest.mark.parametrize("charset", ["utf-8", "gb18030", "utf-16"])
@pytest.mark.parametrize("text", ["水位", "雨量 12 毫米", "流量 m³/s，含沙量 μg", "plain"])
def test_the_character_set_is_recognised(text: str, charset: str) -> None:
    assert parse(f'["{text}"]'.encode(charset), Form()) == [text]


def test_signs_of_units_alone_stay_signs() -> None:
    assert parse('["m³/s", "℃", "μg", "°"]'.encode(), Form()) == ["m³/s", "℃", "μg", "°"]


def test_ndjson_and_nan_are_read() -> None:
    tree = parse(b'{"a":1}\n\n{"a":NaN}\n', Form("ndjson"))
    assert tree[0] == {"a": 1}
    assert tree[1]["a"] != tree[1]["a"]
