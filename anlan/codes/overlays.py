"""Lay an operator's folder over the shipped codes."""

from pathlib import Path

from anlan.codes import grading, hazard_kinds, loader, lookup
from anlan.kernel.errors import Invalid


def overlay(path: Path | None) -> None:
    """Read all codes again with an operator's folder (``DIR/conf/codes``) over the shipped ones.

    A folder that does not exist is an empty one; None goes back to the shipped codes. Everything is
    read at once, hazards and grade rules too: `Invalid` with file and line when anything is wrong,
    and then what was in force stays in force.
    """
    before = loader.shelf()
    catalogue = loader.Catalogue(loader.HERE / "tables", path)
    if lookup.HAZARDS in catalogue:
        raise Invalid("灾种不是一张表：每个灾种在 hazards 文件夹里写一个 TOML 文件")
    loader.put(loader.Shelf(catalogue, path))
    try:
        grading.rules()
        hazard_kinds.hazards()
    except Exception:
        loader.put(before)
        raise
