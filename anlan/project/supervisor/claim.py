"""What must be true before anything starts: the directory and the port are ours."""

import errno
import fcntl
import os
import shutil
import signal
import socket
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from anlan.kernel import workspace as workspaces
from anlan.kernel.errors import AnlanError
from anlan.kernel.workspace import Workspace
from anlan.project.supervisor.options import Options
from anlan.project.supervisor.refusal import Refusal

PYTHON_FLOOR = (3, 11)
BACKLOG = 1024
#: Below this a database cannot even take its next write-ahead log safely.
DISK_FLOOR_BYTES = 200_000_000
SUPERVISED = "ANLAN_SUPERVISED"


@dataclass(frozen=True)
class Claim:
    """A data directory and a port, held until this process ends."""

    data: Path
    lock: int
    listeners: tuple[socket.socket, ...]

    @property
    def port(self) -> int:
        """The port in use (chosen by the system when 0 was asked for)."""
        return int(self.listeners[0].getsockname()[1])

    def release(self) -> None:
        """Let go of both, so that another process can claim them."""
        for listener in self.listeners:
            listener.close()
        os.close(self.lock)


def claim(options: Options, doors: int = 1) -> Claim:
    """Take the directory and the port; `Refusal` with the mend when one is not to be had.

    `doors` is how many processes will accept from the port, each from a socket of its own.
    """
    check_python()
    check_kind(options)
    make_directory(options.data)
    check_disk(options.data, DISK_FLOOR_BYTES)
    lock = take_lock(options.data)
    try:
        end_leftovers(options.data)
        return Claim(options.data, lock, bind(options.host, options.port, doors))
    except BaseException:
        os.close(lock)
        raise


def check_python() -> None:
    """Refuse a Python that is too old."""
    if sys.version_info < PYTHON_FLOOR:
        have = ".".join(map(str, sys.version_info[:3]))
        raise Refusal(
            f"Python {have} 太旧，请安装 Python 3.11 或更新的版本。",
            f"Python {have} is too old; install Python 3.11 or newer.",
        )


def make_directory(data: Path) -> None:
    """Make the data directory and prove that it can be written."""
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)  # it holds personal data
        (data / "log").mkdir(exist_ok=True)
        (data / "conf").mkdir(exist_ok=True)
        probe = data / f".probe-{os.getpid()}"
        probe.write_bytes(b"anlan\n")
        probe.unlink()
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise full_disk(data) from error
        raise Refusal(
            f"不能写数据目录 {data}（{error.strerror}），请改权限或用 --data 换一个目录。",
            f"cannot write the data directory {data} ({error.strerror}); "
            "mend its permissions or choose another with --data.",
        ) from error


def check_disk(where: Path, needed: int) -> None:
    """Refuse when fewer than `needed` bytes are free at `where`."""
    if shutil.disk_usage(where).free < needed:
        raise full_disk(where)


def full_disk(where: Path) -> Refusal:
    """Say that the disk is full."""
    return Refusal(
        f"磁盘已满：{where} 所在的磁盘空间不足，请清理后再启动。",
        f"the disk that holds {where} is full; free some space and start again.",
    )


def take_lock(data: Path) -> int:
    """Take ``DIR/lock``; it is freed by the kernel however this process ends."""
    lock = os.open(data / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        pid = read_pid(data)
        who = f"（进程 {pid}）" if pid else ""
        whom = f" (process {pid})" if pid else ""
        raise Refusal(
            f"数据目录 {data} 已有一个安澜在运行{who}，请先停止它，或用 --data 换一个目录。",
            f"another Anlan already serves {data}{whom}; stop it first, "
            "or choose another directory with --data.",
        ) from None
    return lock


def read_pid(data: Path) -> int | None:
    """Tell the process that last wrote ``DIR/anlan.pid``."""
    try:
        return int((data / "anlan.pid").read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


def supervised_by(data: Path) -> list[int]:
    """Find the processes whose supervisor serves `data`, by their environment."""
    mark = f"{SUPERVISED}={data}".encode()
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            environment = (entry / "environ").read_bytes().split(b"\0")
        except OSError:  # ended meanwhile, or another user's
            continue
        if mark in environment and int(entry.name) != os.getpid():
            found.append(int(entry.name))
    return found


def end_leftovers(data: Path, patience_s: float = 5.0) -> None:
    """End what a killed supervisor of this directory left behind; the caller holds the lock."""
    until = time.monotonic() + patience_s
    while (left := supervised_by(data)) and time.monotonic() < until:
        for pid in left:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        time.sleep(0.05)


def bind(host: str, port: int, doors: int = 1) -> tuple[socket.socket, ...]:
    """Bind and listen; `Refusal` when the port is used or the address is not this machine's.

    Each door is a socket of its own among which the system shares out the connections: behind
    one common socket whichever process happens to be awake takes a whole burst of them, and the
    other idles. They stay open here, so that what waits at a dead process's door is served when
    it is back.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except socket.gaierror as error:
        raise _wrong_host(host) from error
    listeners = [socket.socket(family, kind, protocol) for _ in range(doors)]
    try:
        _listen(listeners, address)
    except OSError as error:
        for listener in listeners:
            listener.close()
        raise _cannot_listen(error, host, port) from error
    return tuple(listeners)


def _listen(listeners: Sequence[socket.socket], address: Any) -> None:
    first, *others = listeners
    first.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    first.bind(address)  # not yet sharing: this is what finds the port used
    first.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    for other in others:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(first.getsockname())
    for listener in listeners:
        listener.listen(BACKLOG)


def _wrong_host(host: str) -> Refusal:
    return Refusal(
        f"{host} 不是本机的地址，请改 --host（本机用 127.0.0.1，所有网卡用 0.0.0.0）。",
        f"{host} is not an address of this machine; change --host "
        "(127.0.0.1 for this machine only, 0.0.0.0 for every network).",
    )


def _cannot_listen(error: OSError, host: str, port: int) -> Refusal:
    if error.errno == errno.EADDRINUSE:
        return Refusal(
            f"端口 {port} 已被别的程序占用，请换一个，例如 ./run --port {port + 10}。",
            f"port {port} is already in use; choose another, for example ./run --port {port + 10}.",
        )
    if error.errno == errno.EACCES:
        return Refusal(
            f"普通用户不能使用端口 {port}，请用 --port 换一个 1024 以上的端口。",
            f"an ordinary user may not use port {port}; choose one above 1024 with --port.",
        )
    return _wrong_host(host)


def check_kind(options: Options) -> None:
    """Refuse to serve a demo where a live workspace was asked for, before anything is made."""
    if not (options.data / "workspace.json").exists():
        return
    kind = _told(lambda: workspaces.load(options.data)).kind
    if options.refuse_demo and kind != "live":
        raise Refusal(
            f"{options.data} 是演示或演练工作区，不能作正式使用，请用 --data 换一个新目录。",
            f"{options.data} holds a {kind} workspace, not a live one; "
            "choose a new directory with --data.",
        )


def open_workspace(options: Options) -> Workspace:
    """Read the directory's workspace, or make it one on the first start."""
    if (options.data / "workspace.json").exists():
        return _told(lambda: workspaces.load(options.data))
    title, english = {"demo": ("演示", "Demo"), "live": ("正式", "Live")}[options.kind]
    name = cookie_safe(options.data.name)
    return _told(
        lambda: workspaces.create(
            options.data, kind=options.kind, name=name, title=title, title_en=english
        )
    )


def cookie_safe(name: str) -> str:
    """Turn a directory's name into one that a cookie's name can hold."""
    safe = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in name)
    return safe.strip("-") or "anlan"


def _told(deed: Callable[[], Workspace]) -> Workspace:
    try:
        return deed()
    except AnlanError as error:
        raise Refusal(error.detail, f"{type(error).__name__}: {error.detail}") from error
