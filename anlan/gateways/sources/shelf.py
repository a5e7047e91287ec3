"""The declarations in force: ``DIR/conf/sources/*.toml``, looked at again when a file changes."""

import csv
import fcntl
import hashlib
import io
import re
import threading
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from anlan.gateways.sources.declaration import Declaration, Problem, Wrong, read_text
from anlan.kernel.errors import AnlanError, Conflict, Invalid, Missing
from anlan.protocols.declared.taking import Files
from anlan.protocols.mapping.documents import text_of

FOLDER = Path("conf") / "sources"
_OFF = re.compile(r"^enabled[ \t]*=[ \t]*false", re.MULTILINE)
_TABLE = re.compile(r"[\w-][\w.-]*\.csv")
LARGEST_TABLE = 4 * 1024 * 1024

#: Name, time of change and size of every file: another stamp means another look.
Stamp = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One file: its text, and what it declares or why it declares nothing."""

    key: str
    text: str
    #: Digest of the text; who writes tells which text was seen.
    version: str
    declaration: Declaration | None
    wrong: Wrong | None
    #: The tables of the text; None when it is no TOML.
    fields: Mapping[str, Any] | None = None

    @property
    def is_off(self) -> bool:
        """Whether it says so itself, wrong as it may be."""
        return bool(_OFF.search(self.text.partition("\n[")[0]))


class Shelf:
    """The declarations of one workspace. A wrong file leaves its last good text in force here."""

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
        """List the declarations in force."""
        sheets = self.sheets()
        return {key: one for key, one in self._good.items() if key in sheets}

    def sheet(self, key: str) -> Sheet:
        """Find one file; `Missing` without it."""
        found = self.sheets().get(key)
        if found is None:
            raise Missing("没有这个数据来源")
        return found

    def write(self, key: str, text: str, *, seen: str, checked: bool = True) -> Sheet:
        """Write a file; only what switches a wrong one off need not be a good declaration.

        Parameters
        ----------
        seen
            Version the writer began from; "" for a new file.

        Raises
        ------
        Wrong
            The text is no declaration.
        Conflict
            Somebody changed the file meanwhile.
        """
        if checked:
            read_text(key, text, self.files)
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / ".lock").open("w") as gate:
            fcntl.flock(gate, fcntl.LOCK_EX)  # several web processes
            known = self.sheets().get(key)
            if (known.version if known else "") != seen:
                raise Conflict("这个来源已被别人改动，请刷新后重试")
            draft = self.folder / f".{key}.toml.new"
            draft.write_text(text, encoding="utf-8")
            draft.replace(self.folder / f"{key}.toml")
        with self._lock:
            self._stamp = None
        return self.sheet(key)

    @property
    def files(self) -> Files:
        """Reads tables of codes that lie beside the declarations."""
        return lambda name: read_table(self.folder, name)

    def _look(self) -> Stamp:
        if not self.folder.is_dir():
            return ()
        found = []
        for path in sorted(self.folder.iterdir()):
            if path.suffix in (".toml", ".csv") and not path.name.startswith("."):
                stat = path.stat()
                found.append((path.name, stat.st_mtime_ns, stat.st_size))
        return tuple(found)

    def _reread(self) -> None:
        paths = sorted(self.folder.glob("*.toml")) if self.folder.is_dir() else []
        sheets = [read_sheet(path, self.files) for path in paths if path.name[0] != "."]
        self._sheets = {one.key: one for one in sheets}
        for one in sheets:
            if one.declaration:
                self._good[one.key] = one.declaration
            elif one.is_off:
                self._good.pop(one.key, None)


def read_sheet(path: Path, files: Files) -> Sheet:
    """Read one file; what is wrong with it is part of the answer."""
    key = path.stem
    try:
        raw = path.read_bytes()
        text = raw.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = "不是 UTF-8 文字" if isinstance(error, UnicodeDecodeError) else f"读不了：{error}"
        return Sheet(key, "", "", None, Wrong(path.name, [Problem("", reason)]))
    version = hashlib.sha256(text.encode()).hexdigest()[:16]
    try:
        made = read_text(key, text, files)
    except Wrong as wrong:
        return Sheet(key, text, version, None, wrong, _fields(text))
    return Sheet(key, text, version, made, None, made.fields)


def _fields(text: str) -> Mapping[str, Any] | None:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None


def read_table(folder: Path, name: str) -> dict[str, str]:
    """Read a table of two columns, their code and ours; a first line without digits is a header.

    UTF-8 or GB 18030. `Invalid` says what is wrong with it.
    """
    if not _TABLE.fullmatch(name):
        raise Invalid(f"「{name}」应是 conf/sources/ 中一个 .csv 文件的名字")
    path = folder / name
    try:
        raw = path.read_bytes()
    except OSError:
        raise Invalid(f"conf/sources/ 中没有 {name}") from None
    if len(raw) > LARGEST_TABLE:
        raise Invalid(f"{name} 超过 {LARGEST_TABLE // 2**20} MB")
    try:
        lines = list(csv.reader(io.StringIO(text_of(raw))))
    except (csv.Error, AnlanError) as error:
        raise Invalid(f"{name} 不是 CSV：{error}") from error
    rows = [[cell.strip() for cell in line] for line in lines if any(cell.strip() for cell in line)]
    if rows and not any(letter.isdigit() for letter in "".join(rows[0])):
        rows = rows[1:]
    short = [number for number, row in enumerate(rows, start=1) if len(row) < 2 or not row[1]]
    if short:
        raise Invalid(f"{name} 第 {short[0]} 行没有第二列")
    return {row[0]: row[1] for row in rows}
