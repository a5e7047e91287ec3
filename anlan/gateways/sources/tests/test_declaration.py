"""A declaration is refused with the line and the reason, all of them at once."""

import tomllib
from pathlib import Path

import pytest

from anlan.gateways.sources import example
from anlan.gateways.sources.declaration import Wrong, read_fields, read_text
from anlan.gateways.sources.services import switched
from anlan.gateways.sources.shelf import Shelf
from anlan.gateways.sources.tests.far_side import text_of
from anlan.gateways.sources.toml_text import toml_text
from anlan.kernel.errors import Conflict
from anlan.protocols.declared.lines import lines_of

URL = "http://10.0.0.1/x"


def slips(text: str) -> dict[str, tuple[int | None, str]]:
    with pytest.raises(Wrong) as caught:
        read_text("water", text)
    return {one.where: (one.line, one.reason) for one in caught.value.problems}


def test_the_example_can_be_read_and_says_the_same_as_fields() -> None:
    read = read_text("water", example.text())
    assert read.region == "330881000000"
    assert read.window is not None
    assert read.window.overlap_s == 3600
    again = read_fields("water", example.fields())
    assert (again.mapping, again.paging, again.auth) == (read.mapping, read.paging, read.auth)
    assert tomllib.loads(toml_text(example.fields())) == example.fields()


def test_every_slip_is_named_with_its_line() -> None:
    text = example.text()
    lines = {
        'every = "5min"': 'evry = "5min"',
        'region = "330881" ': 'region = "33088" ',
        'kind = "page" ': 'kind = "pages" ',
        'path = "Z"': 'path = "Z[["',
        'unit = "mm"': 'unit = "毫"',
        "width = 8 ": "width = 8.5 ",
        '"{startTime}"': "",
    }
    for good, bad in lines.items():
        text = text.replace(good, bad, 1)
    found = slips(text)
    assert set(found) == {
        "schedule.evry", "region", "paging.kind", "mapping.values.0.path",
        "mapping.values.1.unit", "mapping.station.width",
    }  # fmt: skip
    rows = text.splitlines()
    for where, (line, _) in found.items():
        assert line is not None
        assert where.rpartition(".")[2] in rows[line - 1]
    assert found["schedule.evry"][1] == "不认识这一项，是不是 every？"


def test_broken_toml_is_refused_with_its_line() -> None:
    found = slips('title = "水"\nregion = \n')
    assert found[""][0] == 2


@pytest.mark.parametrize(
    ("more", "where", "reason"),
    [
        ('[auth]\nkind = "token"\nsecret = "abc123"', "auth.secret", "不写密码本身"),
        ('[auth]\nkind = "token"\nsecret = "env:DATABASE_URL"', "auth.secret", "不写密码本身"),
        ('[auth]\nkind = "token"\nsecret = "file:../secret"', "auth.secret", "不写密码本身"),
        ('[auth]\nkind = "token"', "auth.secret", "必须填写"),
        ('[paging]\nkind = "page"', "paging.kind", "没有用到 {page}"),
        ('[window]\nfirst = "1d"', "window", "没有用到 {from}"),
        ('[window]\nformat = "yyyy"', "window.format", "时间格式"),
        ('[tls]\nca = "../x.pem"', "tls.ca", "只写文件名"),
        ('[sign]\nalgorithm = "sm3"\ntext = "{path}"\nsecret = "file:k"', "sign.text", "{secret}"),
        ('[sign]\nalgorithm = "sm4"\ntext = "x"\nsecret = "file:k"', "sign.algorithm", "sm4"),
        ('[request.query]\na = "{pag}"', "request", "不认识 {pag}"),
        ('[request.query]\na = "{page"', "request.query.a", "花括号"),
        ('[request.query]\na = "{now|rot13}"', "request.query.a", "rot13"),
        ('[request.query]\na = "{from}"', "request", "没有声明 [window]"),
        ('[paging]\nkind = "next"', "paging.next", "必须填写"),
        ('[schedule]\nevery = "1s"', "schedule.every", "秒之间"),
        ('[schedule]\nevery = "5 minutes"', "schedule.every", "不是时长"),
    ],
)
def test_what_cannot_work_is_refused(more: str, where: str, reason: str) -> None:
    found = slips(text_of(URL, more))
    assert reason in found[where][1]


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://a/b", "http://u:p@10.0.0.1/", "http://{host}/x", "//a"]
)
def test_an_address_is_http_and_its_host_is_fixed(url: str) -> None:
    assert "request.url" in slips(text_of(url))


def test_lines_are_found_past_long_texts_and_among_arrays_of_tables() -> None:
    text = 'a = """\nb = 1\n[c]\n"""\n[t]\n"x y" = 1\n[[v]]\nk = 1\n[v.q]\nz = 1\n[[v]]\nk = 2\n'
    found = lines_of(text)
    assert ("b",) not in found
    assert found["t", "x y"] == 6
    assert (found["v", 0, "k"], found["v", 0, "q", "z"], found["v", 1, "k"]) == (8, 10, 12)


def test_a_changed_file_is_in_force_at_once_and_a_wrong_one_is_not(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    assert shelf.in_force() == {}
    sheet = shelf.write("water", text_of(URL), seen="")
    path = shelf.folder / "water.toml"
    path.write_text(text_of("http://10.0.0.2/y"), encoding="utf-8")
    assert shelf.in_force()["water"].request.url.text == "http://10.0.0.2/y"
    path.write_text(text_of("gopher://x"), encoding="utf-8")
    assert shelf.in_force()["water"].request.url.text == "http://10.0.0.2/y"
    assert shelf.sheet("water").wrong is not None
    with pytest.raises(Conflict):
        shelf.write("water", text_of(URL), seen=sheet.version)
    path.unlink()
    assert shelf.in_force() == {}


def test_a_wrong_file_can_still_be_switched_off(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.write("water", text_of(URL), seen="")
    path = shelf.folder / "water.toml"
    path.write_text(text_of("gopher://x"), encoding="utf-8")
    assert shelf.in_force()["water"].enabled
    sheet = shelf.sheet("water")
    shelf.write("water", switched(sheet.text, on=False), seen=sheet.version, checked=False)
    assert "water" not in shelf.in_force()


def test_the_switch_changes_one_line_and_keeps_every_comment() -> None:
    text = example.text()
    on = switched(text, on=True)
    changed = [pair for pair in zip(text.splitlines(), on.splitlines(), strict=True)
               if pair[0] != pair[1]]  # fmt: skip
    assert len(changed) == 1
    assert changed[0][1].startswith("enabled = true ")
    bare = switched('title = "a"\n[x]\nenabled = true\n', on=False)
    assert tomllib.loads(bare) == {"enabled": False, "title": "a", "x": {"enabled": True}}


def test_codes_may_lie_in_a_table_beside_the_declaration(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.folder.mkdir(parents=True)
    table = shelf.folder / "stations.csv"
    table.write_bytes("站码,编码\n0001,SK-01\n0002,SK-02\n".encode("gb18030"))
    text = text_of(URL).replace('path = "id"', 'path = "id"\nmap_file = "stations.csv"')
    (shelf.folder / "water.toml").write_text(text, encoding="utf-8")
    station = shelf.in_force()["water"].mapping.codes["station"]
    assert station.table == {"0001": "SK-01", "0002": "SK-02"}
    table.write_text("0001,SK-09\n", encoding="utf-8")
    station = shelf.in_force()["water"].mapping.codes["station"]
    assert station.table == {"0001": "SK-09"}
    table.write_text("0001\n", encoding="utf-8")
    wrong = shelf.sheet("water").wrong
    assert wrong is not None
    assert "第 1 行没有第二列" in wrong.detail
