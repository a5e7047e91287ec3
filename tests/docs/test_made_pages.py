"""Every declaration has its page, and no page needs anything from elsewhere."""

import re
from collections.abc import Callable
from functools import cache

import pytest

from anlan import codes
from anlan.base.obligations.kinds import KINDS
from anlan.base.obligations.ladders import DEFAULTS, read
from anlan.base.permissions import rights
from anlan.base.register.columns import columns
from anlan.base.register.registry import REGISTERS, Register
from anlan.engines.registry import Engine, engines
from anlan.kernel.events import Event
from anlan.project.docs import looks
from anlan.project.docs.commands import walk
from anlan.project.docs.comments import comments
from anlan.project.docs.declarations import event_kinds
from anlan.project.docs.hook import fetched
from anlan.project.docs.pages import pages
from anlan.project.environment import VARIABLES


@cache
def makers() -> dict[str, Callable[[], str]]:
    return pages()


@cache
def page(path: str) -> str:
    return makers()[path]()


@pytest.mark.parametrize("entry", REGISTERS.values(), ids=list(REGISTERS))
def test_a_register_has_a_page_that_names_every_column(entry: Register) -> None:
    shown = page(f"reference/registers/{entry.key}.md")
    assert entry.title in shown
    assert entry.source in shown
    assert not [one.name for one in columns(entry) if f"`{one.name}`" not in shown]
    assert f"({entry.key}.md)" in page("reference/registers/index.md")


def test_every_code_of_every_table_is_shown_with_its_confidence() -> None:
    for table in codes.tables():
        if table.key == "hazards":
            continue
        shown = page(f"reference/codes/{table.key}.md")
        rows = [line for line in shown.splitlines() if line.startswith("| `")]
        assert len(rows) == len(table)
        assert all('<abbr title="' in row for row in rows)
        assert f"({table.key}.md)" in page("reference/codes/index.md")


def test_the_visual_language_tells_every_colour_size_drawing_and_symbol_there_is() -> None:
    shown = page("reference/looks.md")
    colours = {key for key, value in looks.light().items() if value.startswith("#")}
    assert colours == {*looks.MEANS, *looks.WARNINGS}, "each token is told, and nothing else is"
    for palette in (looks.light(), looks.dark()):
        assert not [key for key in looks.MEANS if palette[key] not in shown]
        for key, (_, ground) in looks.MEANS.items():
            assert not ground or looks.contrast(palette[key], palette[ground]) >= looks.LEAST, key
    for key, ink in looks.inks_of_levels().items():
        assert looks.contrast(looks.light()[key], ink) >= looks.LEAST, key
    assert set(looks.inks_of_levels()) == set(looks.WARNINGS)
    for file in ("things.ts", "gauges.ts", "acts.ts"):
        text = (looks.SOURCE / "design" / "icons" / file).read_text(encoding="utf-8")
        found = looks.drawings(file)
        assert len(found) == len(re.findall(r":\s*'M", text))
        assert not [name for name, path in found.items() if path not in shown]
    sizes = {key for key in looks.light() if key.startswith("size")}
    assert sizes == set(looks.SIZES)
    reserved = {looks.light()[key] for key in looks.WARNINGS}
    for name in ("INKS", "TINTS"):
        inks = looks.map_inks(name)
        assert inks
        assert not reserved & set(inks.values())
        assert not [one for one in inks.values() if one not in shown]


def test_every_hazard_has_a_page_with_its_source() -> None:
    for hazard in codes.hazards().values():
        assert hazard.source in page(f"reference/hazards/{hazard.key}.md")
        assert f"({hazard.key}.md)" in page("reference/hazards/index.md")


@pytest.mark.parametrize("kind", event_kinds().values(), ids=list(event_kinds()))
def test_every_event_is_described(kind: type[Event]) -> None:
    shown = page("reference/events.md")
    assert (kind.__doc__ or "").splitlines()[0] in shown


@pytest.mark.parametrize(
    "name",
    [
        "sense.AlarmRaised",
        "warn.AlertReceived",
        "warn.AlertIssued",
        "forecast.ForecastApproved",
    ],
)
def test_every_field_of_a_contract_says_what_it_means(name: str) -> None:
    told = comments(event_kinds()[name])
    assert not [field for field, text in told.items() if not text and field != "case"]


def test_the_rights_page_shows_every_role_and_every_action() -> None:
    shown = page("reference/rights.md")
    table = rights.table()
    assert not [role.title for role in table.roles.values() if role.title not in shown]
    granted = {
        action for action in table.actions for role in table.roles if rights.allows(role, action)
    }
    assert not [action for action in granted if f"`{action}`" not in shown]


def test_the_rights_page_says_what_the_gate_says() -> None:
    _, _, after = page("reference/rights.md").partition("### 应急资源")
    head, row = (
        next(line for line in after.splitlines() if line.startswith(f"| {word}"))
        for word in ("台账", "避灾安置场所")
    )
    cells = dict(zip(_cells(head), _cells(row), strict=True))
    for role in rights.table().roles.values():
        if not role.is_administrator:
            assert ("改" in cells[role.title]) == rights.allows(role.key, "shelters.edit")
            assert ("明" in cells[role.title]) == rights.allows(role.key, "shelters.unmask")


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_kinds_ladders_commands_and_variables_are_all_there() -> None:
    obligations = page("reference/obligations.md")
    assert not [key for key in (*KINDS, *read(DEFAULTS)) if f"`{key}`" not in obligations]
    commands = page("reference/commands.md")
    assert not [name for name, _ in walk() if f"### {name}\n" not in commands]
    environment = page("reference/environment.md")
    assert not [one.name for one in VARIABLES if f"`{one.name}`" not in environment]


def test_every_command_has_chinese_help_with_an_example() -> None:
    silent = [
        name
        for name, command in walk()
        if "例" not in (command.help or "") and "anlan" not in (command.help or "")
    ]
    assert not silent


def test_every_address_of_the_interface_is_listed() -> None:
    from anlan.project.urls import api

    shown = page("reference/http.md")
    paths = api.get_openapi_schema(path_prefix="/api/v1/")["paths"]
    assert not [path for path in paths if f"`{path}`" not in shown]


def test_every_made_page_has_a_title_and_no_empty_table() -> None:
    for path in makers():
        text = page(path)
        assert text.startswith("# "), path
        lines = text.splitlines()
        empty = [
            place
            for place, line in enumerate(lines)
            if line.startswith("| --- ") and not lines[place + 1].startswith("|")
        ]
        assert not empty, path


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('<script src="https://unpkg.com/x.js">', ["https://unpkg.com/x.js"]),
        ("<img alt='' src=//cdn.example/x.png>", ["//cdn.example/x.png"]),
        ('<link rel="stylesheet" href="https://fonts.example/css">', ["https://fonts.example/css"]),
        ("a { background: url(https://a.example/b.png) }", ["https://a.example/b.png"]),
        ('<a href="https://elsewhere.example">', []),
        ('<script src="assets/x.js"><img src="data:image/png;base64,AA">', []),
        ('<link rel="canonical" href="https://anlan.example/">', []),
    ],
)
def test_what_a_browser_would_fetch_from_elsewhere_is_seen(text: str, wanted: list[str]) -> None:
    assert fetched(text) == wanted


@pytest.mark.parametrize("one", engines().values(), ids=list(engines()))
def test_an_engine_is_described_with_every_input_output_and_what_was_not_verified(
    one: Engine,
) -> None:
    shown = page("reference/engines.md").partition(f"## {one.key}\n")[2].partition("\n## ")[0]
    assert one.source in shown
    assert not [item.key for item in one.inputs if f"`{item.key}`" not in shown]
    assert not [item.key for item in one.outputs if f"`{item.key}`" not in shown]
    assert not [sentence for sentence in one.open if sentence not in shown]
