"""Decisions stay short, words mean one thing each, quality files tell what can be looked up."""

import importlib
import re
import tomllib
from pathlib import Path

import pytest

from anlan.project.docs import quality

from .written import DOCS, ROOT

ADRS = sorted((DOCS / "adr").glob("0*.md"))
LONGEST_ADR = 40


@pytest.mark.parametrize("adr", ADRS, ids=lambda path: path.stem)
def test_a_decision_is_short_and_says_when_to_think_again(adr: Path) -> None:
    text = adr.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LONGEST_ADR
    assert text.startswith(f"# {adr.name[:4]} ")
    assert {"## 后果", "## 何时重新考虑"} <= set(text.splitlines())
    assert adr.name in (DOCS / "adr" / "index.md").read_text(encoding="utf-8")


def test_decisions_are_numbered_without_a_gap() -> None:
    assert [int(adr.name[:4]) for adr in ADRS] == list(range(1, len(ADRS) + 1))


def test_every_dependency_has_its_line_in_the_decision() -> None:
    told = (DOCS / "adr" / "0018-dependencies.md").read_text(encoding="utf-8")
    lines = (ROOT / "requirements" / "base.in").read_text(encoding="utf-8").splitlines()
    names = [re.split(r"[<>=\[ #]", line)[0] for line in lines if re.match(r"\w", line)]
    assert len(names) > 10
    assert not [name for name in names if not re.search(rf"\b{re.escape(name)}\b", told)]


def words() -> list[list[str]]:
    lines = (DOCS / "glossary.md").read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in rows if len(row) == 5 and row[0] not in ("中文", "---")]


def test_a_concept_has_one_chinese_and_one_english_word() -> None:
    table = words()
    assert len(table) > 60
    for column in (0, 1):
        told = [row[column] for row in table]
        assert sorted(told) == sorted(set(told))
    assert all(cell for row in table for cell in row)


@pytest.mark.parametrize("row", words(), ids=lambda row: row[1])
def test_a_word_is_found_in_the_code_it_names(row: list[str]) -> None:
    name = row[3].strip("`")
    assert find(name) is not None


def find(name: str) -> object:
    """Import the longest module of a dotted name and walk the rest."""
    parts = name.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:cut]))
        except ModuleNotFoundError as error:
            if error.name is None or not name.startswith(error.name):
                raise
            continue
        for part in parts[cut:]:
            found = getattr(found, part)
        return found
    raise ModuleNotFoundError(name)


def test_every_module_that_holds_something_has_its_quality_file() -> None:
    home = ROOT / "anlan"
    folders = [path for path in home.iterdir() if path.is_dir() and path.name != "base"]
    folders += (home / "base").iterdir()
    held = {
        ".".join(path.relative_to(home).parts)
        for path in folders
        if len([one for one in path.rglob("*.py") if one.name not in ("__init__.py", "events.py")])
    }
    told = {module.name for module in quality.modules()}
    assert held - told <= {"base.db", "base.language"}  # parts of the ground, measured with it
    assert told <= held


@pytest.mark.parametrize("module", quality.modules(), ids=lambda module: module.name)
def test_what_is_done_can_be_looked_up_and_what_is_exempt_says_why(module: quality.Module) -> None:
    known = quality.rules()
    assert set(module.marks) == set(known)
    by_the_house = {"purpose", "layers", "types"}  # ./test checks them for every module alike
    for key, mark in module.marks.items():
        assert mark.status in quality.SIGNS
        if mark.status == "done" and key not in by_the_house:
            assert mark.proof, f"{module.name} {key} has no proof"
            assert (ROOT / mark.proof).exists()
        if mark.status == "exempt":
            assert mark.comment, f"{module.name} {key} does not say why"


def test_the_level_of_a_module_is_that_of_its_last_rule_kept() -> None:
    rules = {
        "a": quality.Rule("a", "bronze", ""),
        "b": quality.Rule("b", "silver", ""),
        "c": quality.Rule("c", "gold", ""),
    }
    done, todo = quality.Mark("done"), quality.Mark("todo")
    assert quality.Module("m", "", {"a": todo, "b": done, "c": done}).level(rules) == ""
    assert quality.Module("m", "", {"a": done, "b": todo, "c": done}).level(rules) == "bronze"


def test_the_ladder_shown_in_the_guide_is_one_the_product_takes(tmp_path: Path) -> None:
    from anlan.base.obligations.ladders import read

    from .written import fences

    (text,) = [text for _, title, text in fences(DOCS / "howto" / "ladders.md", "toml") if title]
    assert tomllib.loads(text)
    path = tmp_path / "ladders.toml"
    path.write_text(text, encoding="utf-8")
    assert read(path)["urgent-notice"].rungs[1].whom == "deputy"


def test_the_code_tables_shown_in_the_guide_are_taken(tmp_path: Path) -> None:
    from anlan.codes.loader import HERE, Catalogue

    from .written import fences

    for _, title, text in fences(DOCS / "howto" / "codes.md", "csv"):
        (tmp_path / Path(title).name).write_text(text, encoding="utf-8")
    catalogue = Catalogue(HERE / "tables", tmp_path)
    assert catalogue.table("posts").name("commander") == "总指挥"
    assert len(list(tmp_path.iterdir())) == 3


def test_the_settings_shown_in_the_guide_are_taken() -> None:
    from anlan.base.basemap.pictures import parse

    from .written import fences

    found = [parse(text) for _, title, text in fences(DOCS / "howto" / "tiles.md", "toml") if title]
    assert [len(pictures) for pictures in found] == [4, 1]
