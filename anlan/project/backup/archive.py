"""The one file: written member by member with its digest, read back only if every digest holds."""

import json
import os
import shutil
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any, Protocol

from cryptography.hazmat.primitives.hashes import SM3, Hash

from anlan.kernel.errors import Invalid

FORMAT = 1
MANIFEST = "manifest.json"
CHUNK = 1 << 20
#: Databases shrink to a fifth at the fastest level; the slowest gains little more.
LEVEL = 1

Progress = Callable[[float], None]


class Sink(Protocol):
    """Where a member's bytes go."""

    def write(self, data: bytes, /) -> object:
        """Take some bytes."""


@dataclass
class Manifest:
    """What a backup holds and where it comes from."""

    made_at: str
    version: str
    workspace: dict[str, Any]
    #: ``sqlite`` or ``postgresql``.
    database: str
    #: Fingerprint of the master key that wraps the personal keys.
    master: str
    with_secret: bool
    #: Applied migrations as [app, name].
    migrations: list[list[str]]
    #: Number and value of the last chained entry when it was begun.
    journal: dict[str, Any]
    format: int = FORMAT
    #: member -> {"size": bytes, "sm3": hexadecimal}
    members: dict[str, dict[str, Any]] = field(default_factory=dict)


class Writer:
    """Writes a backup; the file appears under its name only when it is whole and on the disk."""

    def __init__(self, path: Path, progress: Progress) -> None:
        self._path = path
        self._draft = path.with_name(f".{path.name}.{os.getpid()}.new")
        self._file = self._draft.open("xb")
        self._file_mode()
        self._zip = zipfile.ZipFile(
            self._file, "w", zipfile.ZIP_DEFLATED, allowZip64=True, compresslevel=LEVEL
        )
        self._progress, self._done = progress, 0
        self.members: dict[str, dict[str, Any]] = {}

    def _file_mode(self) -> None:
        self._draft.chmod(0o600)  # telephone numbers of a whole county, even if sealed

    @contextmanager
    def member(self, name: str) -> Iterator[Sink]:
        """Open a member to write into."""
        with self._zip.open(name, "w", force_zip64=True) as file:
            counted = _Counted(file, self._moved)
            yield counted
        self.members[name] = counted.told()

    def _moved(self, count: int) -> None:
        self._done += count
        self._progress(self._done)

    def copy(self, name: str, source: Path) -> None:
        """Add a file; one that vanished meanwhile is left out."""
        try:
            file = source.open("rb")
        except FileNotFoundError:
            return
        with file, self.member(name) as sink:
            while data := file.read(CHUNK):
                sink.write(data)

    def finish(self, manifest: Manifest) -> None:
        """Write the manifest and give the file its name."""
        manifest.members = self.members
        self._zip.writestr(MANIFEST, json.dumps(asdict(manifest), ensure_ascii=False, indent=1))
        self._zip.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._draft.replace(self._path)

    def abandon(self) -> None:
        """Leave nothing behind."""
        self._file.close()
        self._draft.unlink(missing_ok=True)


class _Counted:
    """Passes bytes on, counting and digesting them."""

    def __init__(self, file: IO[bytes], moved: Callable[[int], None]) -> None:
        self._file, self._moved = file, moved
        self._size, self._state = 0, Hash(SM3())

    def write(self, data: bytes, /) -> int:
        self._file.write(data)
        self._state.update(bytes(data))
        self._size += len(data)
        self._moved(len(data))
        return len(data)

    def told(self) -> dict[str, Any]:
        return {"size": self._size, "sm3": self._state.finalize().hex()}


class Reader:
    """Reads a backup; `Invalid` when it is none, or when a member is not as it was written."""

    def __init__(self, path: Path) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
            raw = json.loads(self._zip.read(MANIFEST))
            self.manifest = Manifest(**raw)
        except FileNotFoundError:
            raise Invalid(f"没有文件 {path}") from None
        except (zipfile.BadZipFile, KeyError, TypeError, ValueError, OSError) as error:
            raise Invalid(f"{path} 不是完整的安澜备份") from error
        if self.manifest.format != FORMAT:
            raise Invalid(f"{path} 由更新的版本制作，请先升级安澜")

    def names(self, folder: str) -> list[str]:
        """List the members of a folder (``workspace/``, ``records/``, ``tables/``)."""
        return [name for name in self.manifest.members if name.startswith(folder)]

    @property
    def size(self) -> int:
        """Bytes of all members once unpacked."""
        return sum(int(one["size"]) for one in self.manifest.members.values())

    def extract(self, name: str, target: Path, moved: Progress) -> None:
        """Unpack a member into a file, on the disk when this returns."""
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as file:
            for data in self.chunks(name):
                file.write(data)
                moved(len(data))
            file.flush()
            os.fsync(file.fileno())

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield a member's bytes; `Invalid` at its end when they are not those written."""
        state, size = Hash(SM3()), 0
        try:
            with self._zip.open(name) as file:
                while data := file.read(CHUNK):
                    state.update(data)
                    size += len(data)
                    yield data
        except (zipfile.BadZipFile, zlib.error, KeyError, EOFError) as error:
            raise Invalid(f"备份中的 {name} 已损坏") from error
        told = self.manifest.members[name]
        if size != told["size"] or state.finalize().hex() != told["sm3"]:
            raise Invalid(f"备份中的 {name} 已损坏")


def place_of(name: str, folder: str, root: Path) -> Path:
    """Tell where a member goes; `Invalid` for a name that would leave `root`."""
    inside = PurePosixPath(name.removeprefix(folder))
    if inside.is_absolute() or not inside.parts or ".." in inside.parts:
        raise Invalid(f"备份中有不合法的文件名：{name}")
    return root.joinpath(*inside.parts)


def check_room(where: Path, needed: int) -> None:
    """Refuse when a disk has not enough room."""
    free = shutil.disk_usage(where).free
    if free < needed:
        raise Invalid(
            f"{where} 所在磁盘空间不足：需要 {needed // 2**20} MB，只剩 {free // 2**20} MB"
        )
