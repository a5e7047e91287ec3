"""``python -m anlan.project.setup run|test ...``: what ``./run`` and ``./test`` start.

Sets up what is missing and becomes the supervisor or the test runner in the environment made.
"""

import contextlib
import fcntl
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from anlan.project.setup.frontend import Frontend
from anlan.project.setup.kernels import compiled
from anlan.project.setup.python import Environment
from anlan.project.supervisor.claim import check_python, claim
from anlan.project.supervisor.options import ROOT, parse
from anlan.project.supervisor.refusal import Refusal, complain, say

CUT_OFF = 130


def set_up_and_run(arguments: Sequence[str]) -> int:
    """Set up, then become the supervisor."""
    options = parse(arguments)
    # A used port or directory is told now, not after minutes of installing.
    claim(options).release()
    environment = Environment(ROOT)
    with alone(ROOT):
        environment.ensure("base")
        with compiled(environment):
            Frontend(environment).ensure_built()
    become(environment, "anlan.project.supervisor", arguments)
    return 0


def set_up_and_test(arguments: Sequence[str]) -> int:
    """Set up with the development packages, then become the test runner."""
    check_python()
    environment = Environment(ROOT)
    with alone(ROOT):
        environment.ensure("base")
        environment.ensure("dev")
    become(environment, "anlan.project.testing", arguments)
    return 0


@contextlib.contextmanager
def alone(root: Path) -> Iterator[None]:
    """Let one set-up at a time write into a checkout; the lock is the folder itself."""
    folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("等待另一个安装完成 Waiting for another set-up to end …")
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def become(environment: Environment, module: str, arguments: Sequence[str]) -> None:
    """Replace this process by a module of the product, run in its environment."""
    os.environ.pop("PYTHONPATH", None)  # set by the script for this step alone
    command = [str(environment.python), "-m", module, *arguments]
    os.execv(command[0], command)  # noqa: S606 - no shell is wanted


def main(argv: Sequence[str]) -> int:
    """Set up and go on; return the exit code when that is refused."""
    try:
        return {"run": set_up_and_run, "test": set_up_and_test}[argv[0]](argv[1:])
    except Refusal as refusal:
        complain(refusal)
        return 1
    except KeyboardInterrupt:
        return CUT_OFF


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
