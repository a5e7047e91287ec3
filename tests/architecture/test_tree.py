"""What import graphs cannot see: sizes, names, places."""

import ast
import re
from pathlib import Path, PurePosixPath

import pytest

from .checkout import ROOT, code, committed

LONGEST_FILE = 400
LONGEST_KERNEL = 1_000
BANNED = {"utils", "helpers", "common", "misc", "manager", "managers", "data", "info"}
ENDINGS = (".py", ".ts", ".vue")
#: Written so that this file does not hold what it looks for.
REGISTRY = re.compile(r"https?://[^\s\"'<>)]*\b(?:pypi|npmjs|pythonhosted|npmmirror|registry)\b")
HOMES = re.compile(r"(?<![\w.])/(?:root|home/[a-z]\w*|Users/[A-Za-z]\w*)/")
SIBLING = f"..{'/'}shared"
#: A lock names what the registry's packages say of themselves.
LOCKS = ("package-lock.json",)


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8", errors="ignore")


def test_no_file_is_longer_than_a_person_reads_at_once() -> None:
    long = {
        name: n for name in code(*ENDINGS) if (n := len(read(name).splitlines())) > LONGEST_FILE
    }
    assert not long


def test_the_kernel_stays_small() -> None:
    kernel = [name for name in code(".py") if name.startswith("anlan/kernel/")]
    written = [name for name in kernel if "/tests/" not in name]
    assert sum(len(read(name).splitlines()) for name in written) <= LONGEST_KERNEL


def test_no_file_or_folder_has_a_name_that_says_nothing() -> None:
    bad = []
    for name in code(*ENDINGS):
        path = PurePosixPath(name)
        if BANNED & {part.split(".")[0].lower() for part in path.parts}:
            bad.append(name)
    assert not bad


@pytest.mark.parametrize(
    "file",
    sorted({*ROOT.glob("anlan/*/__init__.py"), *ROOT.glob("anlan/base/*/__init__.py")}),
    ids=lambda path: str(path.relative_to(ROOT).parent),
)
def test_a_package_says_in_one_line_what_it_is_for(file: Path) -> None:
    said = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
    assert len(said.splitlines()[0] if said else "") > 10


def test_no_model_is_looked_up_by_name_outside_migrations() -> None:
    lookup = re.compile(r"\bapps\.get_model\(")
    assert not [
        name for name in code(".py") if name.startswith("anlan/") and lookup.search(read(name))
    ]


def test_no_committed_file_names_a_package_registry() -> None:
    named = [name for name in committed() if name not in LOCKS and REGISTRY.search(read(name))]
    assert not named


def test_no_lock_says_where_its_packages_came_from() -> None:
    for name in committed():
        if name.endswith("package-lock.json"):
            assert '"resolved"' not in read(name)
        if name.startswith("requirements/"):
            assert "://" not in read(name)
            assert "--index-url" not in read(name)


def test_no_committed_file_depends_on_this_machine() -> None:
    here = re.compile(re.escape(f"{ROOT}/")) if len(ROOT.parts) > 2 else None
    bad = [
        name
        for name in committed()
        if HOMES.search(text := read(name)) or SIBLING in text or (here and here.search(text))
    ]
    assert not bad


def test_every_locked_package_has_its_hash() -> None:
    for lock in ("base", "dev", "node"):
        entries = re.split(r"\n(?=\S)", read(f"requirements/{lock}.txt"))
        pins = [entry for entry in entries if "==" in entry.splitlines()[0]]
        assert pins
        assert all("--hash=sha256:" in entry for entry in pins)


def test_both_commands_can_be_run() -> None:
    for name in ("run", "test", ".ci/run"):
        assert (ROOT / name).stat().st_mode & 0o111
