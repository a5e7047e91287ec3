"""Nothing is promised that a command does not show: what documents quote can be typed."""

import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from anlan.project.docs.commands import walk
from anlan.project.environment import VARIABLES
from anlan.project.supervisor.options import parser
from anlan.project.testing.__main__ import USAGE

from .written import ROOT, documents, fences, name_of, spans

QUOTED = re.compile(r"^(?:\.venv/bin/)?anlan |^\./(?:run|test)\b")
#: A developer's door that no help lists.
HIDDEN = ("anlan django",)
PAGES = pytest.mark.parametrize("page", documents(), ids=name_of)


@cache
def known() -> dict[str, Any]:
    return dict(walk())


@cache
def measuring() -> set[str]:
    """Name the variables that benchmarks and browser tests read by themselves."""
    places = [*(ROOT / "bench").glob("*.py"), *(ROOT / "tests" / "browser").glob("*.py")]
    texts = (path.read_text(encoding="utf-8") for path in places)
    own = r'"(ANLAN_(?:BENCH_[A-Z_]+|PICTURES|SHOTS))"'
    return {name for text in texts for name in re.findall(own, text)}


def lines(page: Path) -> Iterator[str]:
    for _, _, text in fences(page, "sh", "cron"):
        for line in text.splitlines():
            bare = re.sub(r"^(?:[A-Z_]+=\S+ |export .*|\d+ .*? anlan cd \S+ && )+", "", line)
            yield bare.split("  #")[0].strip()
    for span in spans(page):
        yield from (part.strip() for part in span.split("；"))


def quoted(page: Path) -> list[str]:
    return [line for line in lines(page) if QUOTED.match(line)]


def faults(line: str) -> list[str]:
    words = shlex.split(line.split(" > ")[0].removeprefix(".venv/bin/"), comments=True)
    if words[0] == "./run":
        options = {name for action in parser()._actions for name in action.option_strings}
        return [word for word in words if word.startswith("-") and word not in options]
    if words[0] == "./test":
        chosen = USAGE.partition("[")[2].partition("]")[0].split("|")
        return [word for word in words[1:2] if word != "--" and word not in chosen]
    return _anlan_faults(words)


def _anlan_faults(words: list[str]) -> list[str]:
    rest = words[3:] if words[1:2] == ["--data"] else words[1:]
    if rest in ([], ["--help"]):
        return []
    for length in (2, 1):
        name = " ".join(["anlan", *rest[:length]])
        if name in HIDDEN:
            return []
        if name in known():
            options = {name for param in known()[name].params for name in param.opts}
            given = {word.partition("=")[0] for word in rest[length:] if word.startswith("--")}
            return sorted(given - options - {"--help"})
    if any(command.startswith(f"anlan {rest[0]} ") for command in known()) and len(rest) == 1:
        return []  # a group, named as a whole
    return [" ".join(words)]


@PAGES
def test_every_command_a_page_quotes_exists_with_these_options(page: Path) -> None:
    wrong = {line: found for line in quoted(page) if (found := faults(line))}
    assert not wrong


def test_commands_are_found_where_they_are_quoted() -> None:
    found = [line for page in documents() for line in quoted(page)]
    assert {"./run", "./test"} <= {line.split()[0] for line in found}
    assert any("journal verify" in line for line in found)
    assert len(found) > 40


@pytest.mark.parametrize(
    "line",
    [
        "anlan regions import x.csv --datums gcj02",
        "anlan nonsense",
        "anlan journal nonsense",
        "./run --demo",
        "./test everything",
    ],
)
def test_what_does_not_exist_would_be_noticed(line: str) -> None:
    assert faults(line)


@PAGES
def test_every_variable_a_page_names_is_read(page: Path) -> None:
    read = {variable.name for variable in VARIABLES} | measuring()
    named = set(re.findall(r"\b(?:ANLAN_[A-Z_]+|[A-Z]+_URL)\b", page.read_text(encoding="utf-8")))
    assert named <= read


@PAGES
def test_every_path_of_the_checkout_that_a_page_names_is_there(page: Path) -> None:
    named = [
        span for span in spans(page) if re.match(r"^(?:anlan|docs|tests|frontend)/[\w./-]+$", span)
    ]
    missing = [span for span in named if not (ROOT / span).exists()]
    assert not missing


def test_both_readmes_begin_with_exactly_the_two_commands() -> None:
    for name in ("README.md", "README.en.md"):
        page = next(page for page in documents() if page.name == name)
        _, _, first = next(fences(page))
        assert [line.split("#")[0].strip() for line in first.splitlines()] == ["./run", "./test"]
        assert page.read_text(encoding="utf-8").splitlines()[2] == "```sh"


@pytest.mark.parametrize("page", sorted(ROOT.glob("*.md")), ids=name_of)
def test_every_link_at_the_top_of_the_checkout_leads_somewhere(page: Path) -> None:
    text = re.sub(r"<!--.*?-->", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    links = re.findall(r"\]\(([^)#]+)", text)
    assert not [link for link in links if "://" not in link and not (ROOT / link).exists()]
