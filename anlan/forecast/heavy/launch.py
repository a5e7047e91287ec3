"""Become a model's program: ``python launch.py PARENT MEMORY_MB COMMAND...``.

A program of its own on the standard library alone: code between fork and exec is unsafe in a
process with threads. The kernel ends what it becomes when its parent dies, and refuses memory and
files beyond their bounds.
"""

import ctypes
import os
import resource
import signal
import sys
from collections.abc import Sequence

PR_SET_PDEATHSIG = 1  # <linux/prctl.h>
NICE = 10
MOST_FILE_BYTES = 8 << 30


def main(argv: Sequence[str]) -> None:
    """Bind this process to `PARENT`, then become the command."""
    parent, memory_mb, command = int(argv[0]), int(argv[1]), list(argv[2:])
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before we asked to be told
        sys.exit(0)
    os.nice(NICE)
    if memory_mb:
        resource.setrlimit(resource.RLIMIT_AS, (memory_mb << 20, memory_mb << 20))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_FILE_BYTES, MOST_FILE_BYTES))
    os.execvp(command[0], command)  # noqa: S606 - declared by the operator; no shell is wanted


if __name__ == "__main__":
    main(sys.argv[1:])
