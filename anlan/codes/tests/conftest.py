from collections.abc import Iterator
from pathlib import Path

import pytest

from anlan import codes
from anlan.codes.tests import Write


@pytest.fixture
def operator(tmp_path: Path) -> Iterator[Path]:
    """Give an operator's folder; afterwards the shipped codes are in force again."""
    folder = tmp_path / "codes"
    folder.mkdir()
    yield folder
    codes.overlay(None)


@pytest.fixture
def write(operator: Path) -> Write:
    """Write one file into the operator's folder."""

    def into(name: str, text: str, encoding: str = "utf-8") -> Path:
        path = operator / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text.encode(encoding))
        return path

    return into
