"""From the options to a running workspace, in the foreground or in the background."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from anlan.project.supervisor.child import leashed
from anlan.project.supervisor.claim import Claim, claim, open_workspace
from anlan.project.supervisor.options import Options, parse
from anlan.project.supervisor.refusal import Refusal, complain, say
from anlan.project.supervisor.roles import PRODUCT, Preparation, Recipe
from anlan.project.supervisor.watch import Supervisor, environment_for

READY = "安澜 Anlan is ready: {url}"
STOPPED_BY_USER = 130


def main(argv: Sequence[str], recipe: Recipe = PRODUCT) -> int:
    """Serve until told to stop; return the exit code (0 fine, 1 refused)."""
    options = parse(argv)
    try:
        return _serve(options, recipe)
    except Refusal as refusal:
        complain(refusal)
        return 1
    except KeyboardInterrupt:
        return STOPPED_BY_USER


def _serve(options: Options, recipe: Recipe) -> int:
    claimed = claim(options, recipe.doors)
    workspace = open_workspace(options)
    for step in recipe.preparations_for(workspace):
        _prepare(step, environment_for(claimed, options.host))

    def watch(told_ready: Callable[[str], None]) -> None:
        Supervisor(claimed, workspace, recipe, options.host, told_ready).run()

    if options.background:
        return _in_background(claimed, watch)
    watch(lambda url: say(READY.format(url=url)))
    return 0


def _prepare(step: Preparation, environment: dict[str, str]) -> None:
    say(f"{step.title} …")
    code = subprocess.run(leashed(step.command), env=environment, check=False).returncode  # noqa: S603
    if code != 0:
        raise Refusal(
            f"「{step.title.split()[0]}」没有完成（退出码 {code}），原因见上面的输出。",
            f"'{step.title.split(maxsplit=1)[1]}' did not finish (exit code {code}); "
            "the reason is printed above.",
        )


def _in_background(claimed: Claim, watch: Callable[[Callable[[str], None]], None]) -> int:
    """Go on in a process of its own; return when it is ready, or say why it is not.

    The lock and the socket stay with the new process: both belong to descriptors it inherits.
    """
    reading, writing = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    if os.fork() == 0:
        os.close(reading)
        os._exit(_detached(claimed.data, watch, writing))
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as pipe:
        line = pipe.readline()
    if not line:
        log = claimed.data / "log" / "supervisor.log"
        raise Refusal(f"后台进程意外结束，见 {log}。", f"the background process ended, see {log}.")
    told = json.loads(line)
    if "ready" in told:
        say(READY.format(url=told["ready"]))
        return 0
    raise Refusal(told["zh"], told["en"], detail=told["detail"])


def _detached(data: Path, watch: Callable[[Callable[[str], None]], None], writing: int) -> int:
    os.setsid()
    null = os.open(os.devnull, os.O_RDWR)
    log = os.open(data / "log" / "supervisor.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640)
    for number, source in ((0, null), (1, log), (2, log)):
        os.dup2(source, number)
    told = False

    def tell(message: dict[str, str]) -> None:
        nonlocal told
        if not told:
            os.write(writing, json.dumps(message).encode() + b"\n")
            os.close(writing)
        told = True

    try:
        watch(lambda url: tell({"ready": url}))
    except Refusal as refusal:
        complain(refusal)
        tell({"zh": refusal.zh, "en": refusal.en, "detail": refusal.detail})
        return 1
    return 0
