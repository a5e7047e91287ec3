"""A PostgreSQL of our own: ordinary user, temporary directory, free port, gone afterwards."""

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from anlan.project.supervisor.child import leashed

#: Nothing in it is worth keeping, so it never waits for the disk, tidies nothing that is dropped a
#: moment later, and compiles no query that is asked once.
CARELESS = (
    "fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off", "jit=off",
)  # fmt: skip
MANY = "max_connections=200"
START_S = 30.0


def find_server() -> Path | None:
    """Return the folder of ``initdb`` and ``postgres``; Debian keeps it off the PATH."""
    packed = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    on_path = shutil.which("initdb")
    folders = [*packed, *([Path(on_path).parent] if on_path else [])]
    return next((it for it in folders if (it / "initdb").exists() and _runs(it)), None)


def _version(folder: Path) -> int:
    return int(folder.parent.name) if folder.parent.name.isdigit() else 0


def _runs(folder: Path) -> bool:
    probe = [str(folder / "postgres"), "--version"]
    with contextlib.suppress(OSError):
        return subprocess.run(probe, capture_output=True, check=False).returncode == 0  # noqa: S603
    return False


@contextlib.contextmanager
def running(*, durable: bool = False) -> Iterator[str]:
    """Run a server; yield its ``DATABASE_URL``, or raise `RuntimeError` with its log.

    With `durable` it keeps PostgreSQL's own promises: for figures, not for tests.
    """
    folder = find_server()
    if folder is None:
        raise RuntimeError("PostgreSQL is not installed")
    user = ordinary_user()
    with tempfile.TemporaryDirectory(prefix="anlan-pg-", ignore_cleanup_errors=True) as name:
        place = Path(name)
        os.chown(place, user.pw_uid, user.pw_gid)
        store = place / "store"
        _make_store(folder, store, user)
        port = free_port()
        settings = [
            word for line in ((MANY,) if durable else (MANY, *CARELESS)) for word in ("-c", line)
        ]
        command = [
            str(folder / "postgres"), "-D", str(store), "-p", str(port), "-h", "127.0.0.1",
            "-k", str(place), *settings,
        ]  # fmt: skip
        with (place / "log").open("wb") as log:
            server = _as(user, command, cwd=place, output=log.fileno())
        try:
            _wait(server, port, place / "log")
            yield f"postgres://anlan@127.0.0.1:{port}/postgres"
        finally:
            server.send_signal(signal.SIGINT)  # PostgreSQL's "fast" stop: waits for no client
            server.wait(timeout=START_S)


def ordinary_user() -> pwd.struct_passwd:
    """Return whom the server runs as: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise RuntimeError("no ordinary user to run PostgreSQL as")


def free_port() -> int:
    """Return a port of the loopback address that is free now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _make_store(folder: Path, store: Path, user: pwd.struct_passwd) -> None:
    command = [
        str(folder / "initdb"), "-D", str(store), "-U", "anlan", "-A", "trust", "-E", "UTF8",
        "--locale=C", "--no-sync",
    ]  # fmt: skip
    log = store.with_name("initdb.log")
    with log.open("wb") as output:
        code = _as(user, command, cwd=store.parent, output=output.fileno()).wait()
    if code != 0:
        raise RuntimeError(log.read_text(encoding="utf-8", errors="replace"))


def _as(
    user: pwd.struct_passwd, command: Sequence[str], *, cwd: Path, output: int
) -> "subprocess.Popen[bytes]":
    drop = ("setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups")
    before = (*drop, "--pdeathsig=INT", "--") if os.geteuid() == 0 else leashed(())
    return subprocess.Popen(  # noqa: S603 - our own command
        [*before, *command],
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        env={"PATH": os.environ.get("PATH", ""), "HOME": str(cwd), "LC_ALL": "C.UTF-8"},
    )


def _wait(server: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until and server.poll() is None:
        if "ready to accept connections" in log.read_text(encoding="utf-8", errors="replace"):
            return
        time.sleep(0.05)
    raise RuntimeError(f"port {port}:\n{log.read_text(encoding='utf-8', errors='replace')}")
