"""One web process: start, serve, finish."""

import asyncio
import os
import signal
import socket
from pathlib import Path

from anlan.kernel import workspace
from anlan.kernel.longlived import settle
from anlan.project import environment
from anlan.project.server.runtime import Certificate, listen, serve

#: What is under way may take so long to end after SIGTERM.
FINISH_S = 8.0
FLUSH_S = 0.5


def run(*, host: str, port: int, descriptor: int | None) -> None:
    """Serve until SIGTERM or SIGINT."""
    _share_counters()
    # Importing the entrance reads the settings, the addresses and every module's doors.
    from anlan.project.server.entrance import Entrance

    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    tls = _tls()
    entrance = Entrance(loop, tls=tls is not None)
    own: socket.socket | None = listen(host, port) if descriptor is None else None
    entrance.start()
    settle()
    ending = serve(
        loop,
        entrance.arrive,
        descriptor=own.fileno() if own is not None else int(descriptor or 0),
        tls=tls,
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, loop.stop)
    loop.create_task(_flush(entrance))  # noqa: RUF006 - it ends with the loop
    loop.run_forever()
    ending.set()
    entrance.stop(FINISH_S)
    loop.run_until_complete(asyncio.sleep(0.2))  # streams say good-bye
    entrance.access.flush()
    # Threads of the runtime may still hold a slow client; nothing of ours is left to finish.
    os._exit(0)


async def _flush(entrance: "object") -> None:
    while True:
        await asyncio.sleep(FLUSH_S)
        entrance.access.flush()  # type: ignore[attr-defined]


def _share_counters() -> None:
    """Let both web processes count into one folder, and forget those that have died."""
    home = workspace.current().dir / "run" / "metrics"
    home.mkdir(parents=True, exist_ok=True)
    for path in home.glob("*.db"):
        pid = path.stem.rpartition("_")[2]
        if pid.isdecimal() and not Path(f"/proc/{pid}").exists():
            path.unlink(missing_ok=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(home)


def _tls() -> Certificate | None:
    certificate, key = environment.text("ANLAN_TLS_CERT"), environment.text("ANLAN_TLS_KEY")
    return Certificate(certificate, key) if certificate else None
