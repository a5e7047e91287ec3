"""Grids that operators put into the workspace: bathymetry, terrain."""

from pathlib import Path

from anlan.forecast.selectors.gathering.asking import Asking, Gathered
from anlan.kernel import workspace
from anlan.kernel.errors import Invalid

FOLDER = Path("forecast") / "grids"


def grid_file(asking: Asking) -> Gathered | None:
    """Take the file of the declaration's ``file`` option from ``DIR/forecast/grids``."""
    name = str(asking.input.options.get("file", ""))
    if not name or Path(name).name != name:
        raise Invalid(f"输入「{asking.input.title}」的 file 应是 forecast/grids 里的文件名")
    path = workspace.directory() / FOLDER / name
    return Gathered(path, file=name) if path.is_file() else None
