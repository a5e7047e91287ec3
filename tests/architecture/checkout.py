"""The checkout that the architecture tests look at."""

import configparser
import subprocess
from functools import cache
from pathlib import Path

from anlan.project.setup.stamps import sources

ROOT = Path(__file__).resolve().parents[2]
MADE = frozenset({".git", ".venv", "node_modules", "dist", "var", "site", "__pycache__"})


@cache
def committed() -> tuple[str, ...]:
    """List the files of the product, relative to the root; in an unpacked archive, all files."""
    if not (ROOT / ".git").exists():
        return tuple(str(path.relative_to(ROOT)) for path in sources(ROOT, without=MADE))
    told = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return tuple(name for name in told.stdout.split("\0") if name and (ROOT / name).is_file())


def code(*endings: str) -> list[str]:
    """List the written (not generated) source files with these endings."""
    return [
        name
        for name in committed()
        if name.endswith(endings) and "/migrations/" not in name and "schema.ts" not in name
    ]


def layers(contract: str) -> list[list[str]]:
    """Read a contract's layers from ``.importlinter``, highest first, siblings side by side."""
    parser = configparser.ConfigParser()
    parser.read(ROOT / ".importlinter", encoding="utf-8")
    lines = parser[f"importlinter:contract:{contract}"]["layers"].split("\n")
    return [[name.strip() for name in line.split("|")] for line in lines if line.strip()]
