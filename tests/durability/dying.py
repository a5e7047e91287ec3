"""A deed done in a process that dies of kill -9 at a chosen moment, so that it is no accident.

Part of the way through its statements, or after all of them, before anybody heard that it was done.
"""

import json
import os
import signal
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction

from anlan.base.conftest import RealWorkspace
from anlan.kernel.errors import Conflict

AFTER_ALL = "after"


class Dying:
    """Counts statements, and kills its own process at one of them; 0: at none."""

    def __init__(self, at: int = 0) -> None:
        self.statements = 0
        self._at = at

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        told = execute(sql, params, many, context)
        self.statements += 1
        if self.statements == self._at:
            os.kill(os.getpid(), signal.SIGKILL)
        return told


def length_of(deed: Callable[[], Any]) -> int:
    """Do a deed and take it back; tell how many statements it takes."""
    counted = Dying()
    with transaction.atomic(), connection.execute_wrapper(counted):
        deed()
        transaction.set_rollback(True)
    return counted.statements


def die_of(deed: Callable[[], Any], moment: str) -> None:
    """Do a deed and die at a moment, whoever lives prints what came of it.

    `moment`: "" lives; "after" dies after all of it; "0.5" about half of the way through, told by a
    rehearsal, which takes some statements more: past "0.6" it may be over before.
    """
    at = 0
    if moment not in ("", AFTER_ALL):
        at = max(round(length_of(deed) * float(moment)), 1)
    found: Any = "done"
    with connection.execute_wrapper(Dying(at)):
        try:
            deed()
        except Conflict as error:
            found = error.detail
    if moment == AFTER_ALL:
        os.kill(os.getpid(), signal.SIGKILL)
    print(json.dumps(found))


def died(real: RealWorkspace, program: str, *arguments: str) -> bool:
    """Run a program that may die; tell whether it did."""
    process = real.start(program, *arguments)
    told, _ = process.communicate(timeout=120)
    assert process.returncode in (0, -signal.SIGKILL), told
    return process.returncode != 0


def said(real: RealWorkspace, program: str, *arguments: str) -> Any:
    """Run a program to its end and read the last thing it printed."""
    return json.loads(real.do(program, *arguments).strip().splitlines()[-1])
