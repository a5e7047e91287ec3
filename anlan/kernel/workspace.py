"""Workspaces: `live`, `demo` and any number of exercises, each a directory of its own.

A workspace's directory holds everything that must be kept: ``workspace.json`` (written once),
``clock.json`` (exercises), ``secret`` (the master key), the databases, files, logs and ``conf/``.
Only exercises, and by default `demo`, use console channels; so a drill can never ring a real phone.
"""

import json
import os
import secrets
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from zlib import crc32

from anlan.kernel.errors import Conflict, Invalid, Missing

KINDS = ("live", "demo", "exercise")
SECRET_BYTES = 32


@dataclass(frozen=True)
class Workspace:
    """One workspace: where it lives and what it is."""

    dir: Path
    kind: str
    name: str
    title: str = ""
    parent: str = ""  # an exercise: the directory its registers were copied from
    title_en: str = ""  # "" where whoever named it gave one name only

    @property
    def clock_file(self) -> Path:
        """Where this workspace's time is set; absent means real time."""
        return self.dir / "clock.json"

    @property
    def console_only(self) -> bool:
        """Whether messages may only go to the console twin, never to a real phone."""
        return self.kind != "live"

    @property
    def cookie(self) -> str:
        """Name of the session cookie; workspaces share a host, so each has its own."""
        # Two workspaces may each have an exercise of the same name.
        return f"anlan_{self.name}" + (f"_{crc32(self.parent.encode()):08x}" if self.parent else "")

    @property
    def secret_file(self) -> Path:
        """Where the master key lies: ``ANLAN_SECRET_FILE`` or ``DIR/secret``.

        An exercise's lies inside it always: the environment speaks of the workspace it came from.
        """
        given = "" if self.kind == "exercise" else os.environ.get("ANLAN_SECRET_FILE", "")
        return Path(given) if given else self.dir / "secret"

    def secret(self) -> bytes:
        """Read the master key; `Missing` without one."""
        path = self.secret_file
        try:
            key = bytes.fromhex(path.read_text(encoding="ascii").strip())
        except FileNotFoundError:
            raise Missing(f"找不到密钥文件 {path}；从备份取回它，否则个人信息无法读取") from None
        except ValueError as error:
            raise Invalid(f"密钥文件 {path} 不是十六进制文本") from error
        if len(key) != SECRET_BYTES:
            raise Invalid(f"密钥文件 {path} 应为 {SECRET_BYTES} 字节")
        return key


def create(
    directory: Path,
    *,
    kind: str,
    name: str,
    title: str = "",
    title_en: str = "",
    parent: str = "",
) -> Workspace:
    """Make a directory a workspace, with a new master key; `Conflict` when it already is one."""
    if kind not in KINDS:
        raise Invalid(f"工作区种类只能是 {'、'.join(KINDS)}")
    if (directory / "workspace.json").exists():
        raise Conflict(f"{directory} 已经是一个工作区")
    directory.mkdir(parents=True, exist_ok=True)
    workspace = Workspace(directory, kind, name, title or name, parent, title_en)
    if workspace.secret_file == directory / "secret":
        _make_secret(workspace.secret_file)
    known = {key: value for key, value in asdict(workspace).items() if key != "dir"}
    draft = directory / "workspace.json.new"
    draft.write_text(json.dumps(known, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    draft.replace(directory / "workspace.json")  # last: a half-made directory is no workspace
    return workspace


def _make_secret(path: Path) -> None:
    """Write a new master key; cut off half-way it leaves no half a key behind."""
    if path.exists():
        return
    draft = path.with_name("secret.new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(SECRET_BYTES) + "\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def load(directory: Path) -> Workspace:
    """Read the workspace a directory holds; `Missing` when it holds none."""
    try:
        raw = json.loads((directory / "workspace.json").read_text(encoding="utf-8"))
        found = Workspace(
            directory,
            raw["kind"],
            raw["name"],
            raw.get("title", ""),
            raw.get("parent", ""),
            raw.get("title_en", ""),
        )
    except FileNotFoundError:
        raise Missing(f"{directory} 不是安澜的工作区") from None
    except (KeyError, ValueError) as error:
        raise Invalid(f"{directory}/workspace.json 无法读取：{error}") from error
    if found.parent and found.kind != "exercise":  # or a drill's messages would reach real phones
        raise Invalid(f"{directory} 是复制来的演练工作区，种类不能改为 {found.kind}")
    return found


def directory() -> Path:
    """Tell this process's data directory: ``ANLAN_DATA``, else ``var/demo`` beside the code."""
    return _directory(os.environ.get("ANLAN_DATA", ""))


@cache
def _directory(given: str) -> Path:
    """Asked for with every message and every call, it is taken apart once."""
    return Path(given) if given else Path(__file__).resolve().parents[2] / "var" / "demo"


def current() -> Workspace:
    """Read this process's workspace."""
    return load(directory())
