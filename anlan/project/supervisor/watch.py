"""The loop that keeps the children of one workspace alive."""

import contextlib
import os
import selectors
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from anlan.kernel.workspace import Workspace
from anlan.project.supervisor import control
from anlan.project.supervisor.child import Child
from anlan.project.supervisor.claim import SUPERVISED, Claim
from anlan.project.supervisor.errands import Errands
from anlan.project.supervisor.exercises import Exercises
from anlan.project.supervisor.health import HealthWatch, url
from anlan.project.supervisor.logs import RotatingLog
from anlan.project.supervisor.refusal import Refusal
from anlan.project.supervisor.roles import Recipe, Role

#: Deaths of one child before the first healthy answer, after which the start has failed.
DEATHS_TO_FAIL = 3
LONGEST_SLEEP_S = 1.0


def environment_for(claim: Claim, host: str) -> dict[str, str]:
    """Return the environment every child of this workspace gets."""
    return {
        **os.environ,
        "ANLAN_DATA": str(claim.data),
        "ANLAN_HOST": host,
        "ANLAN_PORT": str(claim.port),
        "PYTHONUNBUFFERED": "1",
        SUPERVISED: str(claim.data),
    }


class Supervisor:
    """Starts the children of a workspace and watches them until it is told to stop."""

    def __init__(
        self,
        claim: Claim,
        workspace: Workspace,
        recipe: Recipe,
        host: str,
        told_ready: Callable[[str], None],
    ) -> None:
        self._claim, self._workspace, self._recipe, self._host = claim, workspace, recipe, host
        self._told_ready = told_ready
        self._ready = False
        self._stops = 0
        self._selector = selectors.DefaultSelector()
        self._children: list[Child] = []
        self._ending: list[Child] = []
        self._exercises = Exercises(claim.data, host, claim.port, recipe.nested)
        self._errands = Errands(claim.data, recipe.errands, environment_for(claim, host))
        self._log = RotatingLog(claim.data / "log" / "supervisor.log")
        self._wake_in, self._wake_out = os.pipe()
        self._health = HealthWatch(host, claim.port, self._wake_out)
        self._deadline = time.monotonic() + recipe.patience_s

    def run(self) -> None:
        """Serve until SIGTERM or SIGINT; `Refusal` when the workspace never becomes healthy."""
        door = self._open()
        try:
            for role in self._recipe.roles:
                self._children += self._children_of(role)
            self._children += self._exercises.resume()
            self._children += self._errands.resume()
            self._health.start()
            while not self._stops:
                self._turn()
        finally:
            self._health.stop()
            self._end()
            self._close(door)

    def _open(self) -> socket.socket:
        os.set_blocking(self._wake_in, False)
        os.set_blocking(self._wake_out, False)
        signal.set_wakeup_fd(self._wake_out, warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._told_to_stop)
        signal.signal(signal.SIGCHLD, lambda *_: None)  # only to wake the loop
        self._selector.register(self._wake_in, selectors.EVENT_READ, self._awake)
        door = control.listen(self._claim.data)
        self._selector.register(
            door, selectors.EVENT_READ, lambda: control.answer_one(door, self._answer)
        )
        (self._claim.data / "anlan.pid").write_text(f"{os.getpid()}\n", encoding="ascii")
        self._note(f"started, pid {os.getpid()}, {url(self._host, self._claim.port)}")
        return door

    def _close(self, door: socket.socket) -> None:
        door.close()
        for name in ("anlan.pid", control.NAME):
            (self._claim.data / name).unlink(missing_ok=True)
        self._note("stopped")

    def _children_of(self, role: Role) -> list[Child]:
        if not role.exists():
            return []
        made = []
        for number in range(role.count):
            name = role.name if role.count == 1 else f"{role.name}-{number}"
            command, listener = role.command, None
            if role.listens:
                listener = self._claim.listeners[number].fileno()
                command += ("--host", self._host, "--port", str(self._claim.port))
                command += ("--worker", str(number), "--fd", str(listener))
            made.append(
                Child(
                    name=name,
                    command=command,
                    environment=environment_for(self._claim, self._host),
                    log=RotatingLog(self._claim.data / "log" / f"{name}.log"),
                    listener=listener,
                    nice=role.nice,
                )
            )
        return made

    # One turn of the loop: start what is due, sleep until something happens, look at everything.

    def _turn(self) -> None:
        for child in self._children:
            if child.is_due():
                self._start(child)
        for key, _ in self._selector.select(self._sleep_s()):
            key.data()
        for child in list(self._children):
            if child.process is not None and child.process.poll() is not None:
                self._buried(child)
        self._reap_ending()
        if not self._ready:
            self._look_at_health()

    def _start(self, child: Child) -> None:
        child.start()
        self._note(f"{child.name}: started, pid {child.pid}")
        if child.output is not None:
            self._selector.register(child.output, selectors.EVENT_READ, self._reader(child))

    def _reader(self, child: Child) -> Callable[[], None]:
        def read() -> None:
            output = child.output
            if not child.read() and output is not None:  # end of file: nothing more will come
                with contextlib.suppress(KeyError):
                    self._selector.unregister(output)

        return read

    def _forget(self, child: Child) -> None:
        if child.output is not None:
            with contextlib.suppress(KeyError):
                self._selector.unregister(child.output)

    def _buried(self, child: Child) -> None:
        self._forget(child)
        code = child.bury()
        if child.over:
            self._children.remove(child)
            self._errands.ended(child, code)
            self._note(f"{child.name}: ended ({code})")
            return
        wait = child.waits_s()
        self._note(f"{child.name}: died ({code}), again in {wait or 0:.1f} s")
        if not self._ready and child.deaths >= DEATHS_TO_FAIL:
            raise self._cannot_start(child)

    def _sleep_s(self) -> float:
        waits = [wait for child in self._children if (wait := child.waits_s()) is not None]
        return min([LONGEST_SLEEP_S, *waits])

    def _look_at_health(self) -> None:
        if self._health.healthy:
            self._ready = True
            self._note("ready")
            self._told_ready(url(self._host, self._claim.port))
        elif time.monotonic() > self._deadline:
            raise Refusal(
                f"启动 {self._recipe.patience_s:.0f} 秒后服务仍不健康，日志在 "
                f"{self._claim.data / 'log'}。",
                f"still not healthy after {self._recipe.patience_s:.0f} s; "
                f"the logs are in {self._claim.data / 'log'}.",
                detail=self._health.last,
            )

    def _cannot_start(self, child: Child) -> Refusal:
        return Refusal(
            f"进程 {child.name} 一启动就退出，原因见上面的日志（{child.log.path}）。",
            f"the process {child.name} ends as soon as it starts; its log above says why "
            f"({child.log.path}).",
            detail=child.log.tail(),
        )

    def _awake(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while os.read(self._wake_in, 4_096):
                continue

    def _told_to_stop(self, number: int, _frame: FrameType | None) -> None:
        self._stops += 1
        self._note(f"told to stop by {signal.Signals(number).name}")

    # Ending.

    def _end(self) -> None:
        for child in self._children:
            self._forget(child)
            child.ask_to_stop()
        self._ending += self._children
        self._children = []
        asked = self._stops
        while self._ending and self._stops <= asked + 1:  # a second signal: no more patience
            self._reap_ending()
            time.sleep(0.02)
        for child in self._ending:
            child.kill()

    def _reap_ending(self) -> None:
        for child in list(self._ending):
            if child.has_stopped():
                self._ending.remove(child)
            elif child.is_overdue():
                self._note(f"{child.name}: did not stop in {child.grace_s:.0f} s, killed")
                child.kill()
                self._ending.remove(child)

    # What the control socket answers.

    def _answer(self, asked: control.Answer) -> control.Answer:
        deeds: dict[str, control.Answerer] = {
            "state": self._told_state,
            "list": lambda _: {"workspaces": self._exercises.told()},
            "start": self._start_exercise,
            "stop": self._stop_exercise,
            "run": self._run_errand,
            "halt": self._halt_errand,
            "errands": lambda _: {"errands": self._errands.told()},
        }
        return deeds[asked["do"]](asked)

    def _told_state(self, _: control.Answer) -> control.Answer:
        return {
            "kind": self._workspace.kind,
            "name": self._workspace.name,
            "ready": self._ready,
            "pid": os.getpid(),
            "port": self._claim.port,
            "url": url(self._host, self._claim.port),
            "children": [
                {"name": child.name, "pid": child.pid, "deaths": child.deaths}
                for child in self._children
            ],
        }

    def _start_exercise(self, asked: control.Answer) -> control.Answer:
        exercise = self._exercises.start(Path(asked["data"]))
        self._children.append(exercise.child)
        return exercise.told(self._host)

    def _stop_exercise(self, asked: control.Answer) -> control.Answer:
        child = self._exercises.stop(Path(asked["data"]))
        self._children.remove(child)
        self._forget(child)
        child.ask_to_stop()
        self._ending.append(child)
        return {"stopping": True}

    def _run_errand(self, asked: control.Answer) -> control.Answer:
        self._children.append(
            self._errands.run(asked["errand"], asked["options"], asked.get("first", ()))
        )
        return {"errands": self._errands.told()}

    def _halt_errand(self, asked: control.Answer) -> control.Answer:
        self._errands.halt(asked["errand"])
        return {"errands": self._errands.told()}

    def _note(self, line: str) -> None:
        moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        self._log.write(f"{moment} {line}\n".encode())
