"""A complete declaration to begin from; the guide shows the same file."""

import tomllib
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("example.toml")


def text() -> str:
    """Read the example with its comments."""
    return FILE.read_text(encoding="utf-8")


def fields() -> dict[str, Any]:
    """Read the example's tables."""
    return tomllib.loads(text())
