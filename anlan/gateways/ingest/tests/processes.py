"""Processes of a test: on a port of their own, and gone when the test is."""

import socket
import sys
from collections.abc import Sequence

#: Runs a command, and ends it when its own parent is gone.
LEASH = """
import ctypes, os, signal, sys
ctypes.CDLL(None).prctl(1, signal.SIGTERM)
os.execv(sys.argv[1], sys.argv[1:])
"""


def leashed(command: Sequence[str]) -> list[str]:
    """Return the command that runs `command` until this process ends."""
    return [sys.executable, "-I", "-S", "-c", LEASH, *command]


def free_port() -> int:
    """Find a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
