"""The guide "add a register" is followed to the letter, in a copy of the product."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .written import DOCS, ROOT, fences

GUIDE = DOCS / "howto" / "register.md"
#: Byte code comes along (it is known by its source's time and size), machine code does not.
LEFT_OUT = shutil.ignore_patterns("kernels-*", "test_*", "demo")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "anlan", tmp_path / "anlan", ignore=LEFT_OUT)
    shutil.copytree(ROOT / "anlan" / "demo", tmp_path / "anlan" / "demo")
    shutil.copytree(ROOT / "tests" / "declarations", tmp_path / "tests" / "declarations")
    (tmp_path / "tests" / "__init__.py").touch()
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def follow(home: Path) -> list[str]:
    """Write every titled text of the guide where its title says; tell where."""
    places = []
    for language, title, text in fences(GUIDE):
        if title:
            path = home / title
            before = path.read_text(encoding="utf-8") if path.exists() else ""
            gap = "\n\n" if language == "python" else ""
            path.write_text(before + gap + text, encoding="utf-8")
            places.append(title)
    return places


def run(home: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    kept = {key: value for key, value in os.environ.items() if "PYTEST" not in key}
    kept.pop("DATABASE_URL", None)
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=home,
        env={**kept, "ANLAN_DATA": str(home / "var")},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow(module_s=20)
def test_following_the_guide_gives_a_register_that_keeps_every_promise(copy: Path) -> None:
    places = follow(copy)
    assert len(places) == 4
    made = run(copy, "anlan.project", "django", "makemigrations", "resources", "-n", "loudspeakers")
    assert made.returncode == 0, made.stdout + made.stderr
    assert list((copy / "anlan/resources/migrations").glob("*_loudspeakers.py"))
    told = run(
        copy, "pytest", "-q", "-n0", "-p", "no:cacheprovider", "tests/declarations",
        "-k", "loudspeakers",
    )  # fmt: skip
    assert told.returncode == 0, told.stdout + told.stderr
    assert " passed" in told.stdout
