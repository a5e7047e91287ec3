"""Each import contract is proved by a violation planted in a tiny copy of the tree."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .checkout import ROOT, layers

LINT = Path(sys.executable).with_name("lint-imports")

LAYERS = "Modules import downward only"
BASE = "The foundations stand on each other in one order"
RESPOND = "Parts of the response stand on each other in one order"
INSIDE = "Doors, deeds, questions, rows, facts"
PURE = "Kernel, codes, engines, protocols never see Django"
SUPERVISOR = "Supervisor and set-up live on the standard library and the kernel"
PRIVATE = "Doors are private to their module"

PLANTED = [
    (LAYERS, "kernel/clock.py", "import anlan.codes"),
    (LAYERS, "warn/services.py", "import anlan.respond"),
    (LAYERS, "sense/services.py", "import anlan.resources"),
    (LAYERS, "web/pages.py", "import anlan.gateways"),
    (LAYERS, "engines/routing.py", "import anlan.protocols"),
    (LAYERS, "extra/__init__.py", ""),  # exhaustive: a package nobody placed
    (BASE, "base/journal/services.py", "import anlan.base.register"),
    (BASE, "base/regions/services.py", "import anlan.base.people"),
    (BASE, "base/extra/__init__.py", ""),
    (RESPOND, "respond/duty/services.py", "import anlan.respond.evacuation"),
    (RESPOND, "respond/extra/__init__.py", ""),
    (INSIDE, "warn/selectors.py", "import anlan.warn.services"),
    (INSIDE, "warn/models.py", "import anlan.warn.selectors"),
    (INSIDE, "warn/api.py", "import anlan.warn.registers"),
    (INSIDE, "base/regions/models.py", "import anlan.base.regions.services"),
    (PURE, "engines/threshold.py", "import django"),
    (PURE, "kernel/ids.py", "from django.db import models"),
    (SUPERVISOR, "project/supervisor/watch.py", "import django"),
    (SUPERVISOR, "project/setup/python.py", "import anlan.project.settings"),
    (PRIVATE, "respond/duty/services.py", "import anlan.warn.handlers"),
    (PRIVATE, "resources/services.py", "import anlan.base.regions.registers"),
]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Make an empty house: every package of the contracts, and no import at all."""
    root = tmp_path / "anlan"
    packages = [name for row in layers("layers") for name in row]
    packages += [f"base/{name}" for row in layers("base") for name in row]
    packages += [f"respond/{name}" for row in layers("respond") for name in row]
    packages += ["project/supervisor", "project/setup"]
    for name in ["", *packages]:
        (root / name).mkdir(parents=True, exist_ok=True)
        (root / name / "__init__.py").write_text("")
    for name in ("project/settings.py", "project/cli.py"):
        (root / name).write_text("")
    for module in ("warn", "base/regions", "respond/duty", "sense", "resources"):
        for name in ("apps", "api", "admin", "registers", "handlers", "services", "selectors",
                     "models", "events"):  # fmt: skip
            (root / module / f"{name}.py").write_text("")
    shutil.copy(ROOT / ".importlinter", tmp_path)
    return tmp_path


def lint(tree: Path) -> str:
    ended = subprocess.run(
        [LINT, "--no-cache"],
        cwd=tree,
        env={"PYTHONPATH": str(tree), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    return ended.stdout + ended.stderr


def test_an_empty_house_keeps_every_contract(tree: Path) -> None:
    told = lint(tree)
    assert f"Contracts: {len({name for name, _, _ in PLANTED})} kept, 0 broken." in told, told


@pytest.mark.parametrize(("contract", "file", "line"), PLANTED)
def test_a_planted_violation_breaks_its_contract(
    tree: Path, contract: str, file: str, line: str
) -> None:
    (tree / "anlan" / file).parent.mkdir(exist_ok=True)
    (tree / "anlan" / file).write_text(f"{line}\n")
    told = lint(tree)
    assert f"{contract} BROKEN" in told, told


def test_this_tree_keeps_every_contract() -> None:
    assert ", 0 broken." in lint(ROOT)


def test_the_layers_are_those_of_the_packages() -> None:
    named = {name for row in layers("layers") for name in row}
    there = {path.parent.name for path in ROOT.glob("anlan/*/__init__.py")}
    assert named == there
