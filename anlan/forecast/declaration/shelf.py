"""The declarations in force: those shipped, and the operator's, looked at again when they change.

An operator's file of a shipped model's name replaces it as a whole. A wrong file is refused with
its reason, and the last good one stays in force.
"""

import threading
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final

from anlan.forecast.declaration.model import Model
from anlan.forecast.declaration.reading import read_model
from anlan.kernel import workspace
from anlan.kernel.errors import Invalid, Missing

SHIPPED: Final = Path(__file__).resolve().parents[1] / "shipped"
FOLDER: Final = Path("conf") / "models"

#: Name, time of change and size of every file.
Stamp = tuple[tuple[str, int, int], ...]


class Shelf:
    """The models of one workspace."""

    def __init__(self, home: Path) -> None:
        self.folder = home / FOLDER
        self._shipped = {
            path.stem: read_model(path.stem, path.read_text(encoding="utf-8"), shipped=True)
            for path in sorted(SHIPPED.glob("*.toml"))
        }
        self._stamp: Stamp | None = None
        self._own: dict[str, Model] = {}
        self._wrong: dict[str, str] = {}
        self._lock = threading.Lock()

    def models(self) -> Mapping[str, Model]:
        """List the models in force, those switched off too."""
        with self._lock:
            self._look()
            return {**self._shipped, **self._own}

    def wrong(self) -> Mapping[str, str]:
        """List the files that are refused, each with its reason."""
        with self._lock:
            self._look()
            return dict(self._wrong)

    def model(self, key: str) -> Model:
        """Find a model; `Missing` when there is none."""
        found = self.models().get(key)
        if found is None:
            raise Missing("没有这个模型")
        return found

    def _look(self) -> None:
        paths = sorted(self.folder.glob("*.toml")) if self.folder.is_dir() else []
        stamp = tuple((path.name, path.stat().st_mtime_ns, path.stat().st_size) for path in paths)
        if stamp == self._stamp:
            return
        own: dict[str, Model] = {}
        self._wrong = {}
        for path in paths:
            try:
                own[path.stem] = read_model(path.stem, path.read_text(encoding="utf-8"))
            except (Invalid, UnicodeDecodeError) as error:
                self._wrong[path.stem] = getattr(error, "detail", "") or f"{path.name}：不是 UTF-8"
                if path.stem in self._own:
                    own[path.stem] = self._own[path.stem]
        self._own, self._stamp = own, stamp


@lru_cache(maxsize=4)
def _shelf(home: Path) -> Shelf:
    return Shelf(home)


def shelf() -> Shelf:
    """Give the models of this process's workspace."""
    return _shelf(workspace.directory())
