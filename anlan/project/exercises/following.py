"""Whoever is erased in a workspace is erased in every exercise copied from it.

An exercise keeps the ids of its source, so what is erased there and lives here is found by
comparing. What is found is erased by the exercise's own deeds, in a process of its own, so that
its journal, its clock and its master key are the right ones - whether it is being served or not.
Asked again, it finds nothing more; so a reach that failed is simply repeated (every minute, by the
source's worker).
"""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Set
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

from anlan.project.exercises import queries
from anlan.project.exercises.drafts import sweep
from anlan.project.exercises.making import ELSEWHERE
from anlan.project.exercises.places import exercises

PATIENCE_S = 300.0


@dataclass(frozen=True)
class Reached:
    """How it went in one exercise."""

    name: str
    keys: int
    #: "" when all went well.
    problem: str = ""


def follow(home: Path) -> list[Reached]:
    """Erase what is erased in this process's workspace, at `home`, in all its exercises.

    Exercises in which nothing was left to do are not listed. Copies that were cut off are wiped.
    """
    sweep(home)
    copies = list(exercises(home))
    if not copies:
        return []
    with connection.cursor() as cursor:
        cursor.execute(queries.erased())
        erased = {one for (one,) in cursor.fetchall()}
    reached = (catch_up(directory, erased) for directory in copies)
    return [one for one in reached if one is not None]


def catch_up(directory: Path, erased: Set[str]) -> Reached | None:
    """Erase in one exercise what is erased elsewhere; None when nothing of it lives there."""
    try:
        left = _living(directory, erased)
        return Reached(directory.name, _erase(directory, left)) if left else None
    except (OSError, sqlite3.Error, subprocess.SubprocessError, ValueError) as error:
        return Reached(directory.name, 0, _explain(error))


def _living(directory: Path, among: Set[str]) -> list[str]:
    if not among:
        return []
    uri = f"{(directory / 'records.sqlite3').resolve().as_uri()}?mode=ro"
    query = queries.living("SELECT value FROM json_each(:among)")
    with closing(sqlite3.connect(uri, uri=True, timeout=60)) as database:
        rows = database.execute(query, {"among": json.dumps(sorted(among))})
        return [one for (one,) in rows]


def _erase(directory: Path, ids: list[str]) -> int:
    """Run the exercise's own erasing; return how many keys it destroyed."""
    kept = {key: value for key, value in os.environ.items() if key not in ELSEWHERE}
    told = subprocess.run(
        [sys.executable, "-m", "anlan.project.exercises.erasing"],
        env={**kept, "ANLAN_DATA": str(directory)},
        input=json.dumps(ids),
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE_S,
    )
    return int(json.loads(told.stdout.splitlines()[-1])["keys"])


def _explain(error: Exception) -> str:
    if isinstance(error, subprocess.CalledProcessError):
        return str(error.stderr).strip()[-400:]
    return f"{type(error).__name__}: {error}"
