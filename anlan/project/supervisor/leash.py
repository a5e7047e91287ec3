"""Run a command that ends when its parent ends: ``python leash.py PARENT NICE COMMAND...``.

A program of its own, because code between fork and exec is unsafe in a process with threads. The
kernel's parent-death signal survives exec, so the command needs to know nothing of it.
"""

import ctypes
import os
import signal
import sys
from collections.abc import Sequence

PR_SET_PDEATHSIG = 1  # <linux/prctl.h>


def main(argv: Sequence[str]) -> None:
    """Put this process on the leash of `PARENT`, then become the command."""
    parent, nice, command = int(argv[0]), int(argv[1]), list(argv[2:])
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # it died before we asked to be told
        sys.exit(0)
    if nice:
        os.nice(nice)
    os.execvp(command[0], command)  # noqa: S606 - the command is ours, and no shell is wanted


if __name__ == "__main__":
    main(sys.argv[1:])
