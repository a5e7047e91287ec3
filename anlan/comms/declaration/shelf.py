"""The channels in force: ``DIR/conf/channels/*.toml``, looked at again when a file changes."""

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from anlan.comms.channels import declared_by
from anlan.comms.declaration.declared import Declaration
from anlan.comms.declaration.reading import read_text
from anlan.kernel import workspace
from anlan.kernel.errors import Missing
from anlan.protocols.declared.taking import Problem, Wrong

FOLDER = Path("conf") / "channels"
_OFF = re.compile(r"^enabled[ \t]*=[ \t]*false", re.MULTILINE)

Stamp = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One file: what it declares, or why it declares nothing."""

    key: str
    declaration: Declaration | None
    problems: tuple[Problem, ...] = ()
    #: Whether it says so itself, wrong as it may be.
    is_off: bool = False


class Shelf:
    """The channels of one workspace. A wrong file leaves its last good text in force here."""

    def __init__(self, home: Path) -> None:
        self.folder = home / FOLDER
        self._stamp: Stamp | None = None
        self._sheets: dict[str, Sheet] = {}
        self._good: dict[str, Declaration] = {}
        self._lock = threading.Lock()

    def sheets(self) -> Mapping[str, Sheet]:
        """List every file, good or wrong."""
        with self._lock:
            stamp = self._look()
            if stamp != self._stamp:
                self._reread()
                self._stamp = stamp
            return self._sheets

    def in_force(self) -> Mapping[str, Declaration]:
        """List the declarations in force, those switched off among them."""
        sheets = self.sheets()
        return {key: one for key, one in self._good.items() if key in sheets}

    def declaration(self, key: str) -> Declaration:
        """Find one; `Missing` without it."""
        found = self.in_force().get(key)
        if found is None:
            raise Missing("没有这个渠道")
        return found

    def _look(self) -> Stamp:
        if not self.folder.is_dir():
            return ()
        found = []
        for path in sorted(self.folder.glob("*.toml")):
            if not path.name.startswith("."):
                stat = path.stat()
                found.append((path.name, stat.st_mtime_ns, stat.st_size))
        return tuple(found)

    def _reread(self) -> None:
        self._sheets = {}
        for name, _, _ in self._look():
            sheet = read_sheet(self.folder / name)
            self._sheets[sheet.key] = sheet
            if sheet.declaration is not None:
                self._good[sheet.key] = sheet.declaration
            elif sheet.is_off:
                self._good.pop(sheet.key, None)


def read_sheet(path: Path) -> Sheet:
    """Read one file; what is wrong with it is part of the answer."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = "不是 UTF-8 文字" if isinstance(error, UnicodeDecodeError) else f"读不了：{error}"
        return Sheet(path.stem, None, (Problem("", reason),))
    try:
        return Sheet(path.stem, read_text(path.stem, text))
    except Wrong as wrong:
        off = bool(_OFF.search(text.partition("\n[")[0]))
        return Sheet(path.stem, None, wrong.problems, off)


_shelves: dict[Path, Shelf] = {}


@declared_by
def kind_of(key: str) -> str | None:
    """Tell what kind a declared channel is, for messages that name it alone."""
    found = shelf().in_force().get(key)
    return found.channel if found else None


def shelf() -> Shelf:
    """Find the shelf of this process's workspace."""
    home = workspace.directory()
    return _shelves.setdefault(home, Shelf(home))
