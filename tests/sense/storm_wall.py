"""The wall while a storm is played: its figures and panels beside their exports."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from anlan.base.conftest import SET_UP
from tests.sense.demo_workspace import ROOT, DemoWorkspace

#: Compares at moments of its own choosing until it is told to end, each time in one snapshot of the
#: records and at one time. A moment counts when the wall says the same before and after its exports
#: were read: the observations, kept elsewhere, stood still as well.
COMPARE = """
import csv, io, json, random, sys, time
from pathlib import Path
from anlan.base.permissions.actor import system
from anlan.govern.wall.selectors import wall
from anlan.govern.wall.selectors.grouping import PANELS
from anlan.kernel import clock
from django.db import connection

panels, moments, wrong = {}, [], []
BY, END, chance = system("test"), Path(sys.argv[1]), random.Random(sys.argv[2])

def told():
    seen = wall.wall(BY)
    panels.update(seen["panels"])
    return {
        one["key"]: (one["value"], {part["key"]: part["value"] for part in one["parts"]})
        for one in seen["figures"]
    }

def added_up(figure):
    _, lines = wall.written(BY, figure.key, "", "zh")
    rows = list(csv.DictReader(io.StringIO("".join(lines).removeprefix("\\ufeff"))))

    def of(column, by):
        title = figure.columns[figure.place(column)].title
        known = [float(one[title]) for one in rows if one[title] != ""]
        if by == "max":
            return max(known, default=None)
        return sum(known) if known or not rows else None

    value = of(figure.column, figure.by)
    for panel in PANELS:
        if panel.figure is figure:
            for column in panel.added:
                shown = sum(one[column] or 0 for one in panels[panel.key]["rows"])
                if shown != (of(column, "sum") or 0):
                    wrong.append([panel.key, column, shown, of(column, "sum")])
    parts = {part.column: of(part.column, part.by) for part in figure.parts}
    return None if value is None else round(value, figure.digits), parts

def at_one_moment():
    at = moment_of()
    clock.now = lambda: at
    connection.ensure_connection()
    connection.connection.execute("BEGIN")
    try:
        before = told()
        exported = {key: added_up(one) for key, one in wall.FIGURES.items()}
        return at, before, exported, told()
    finally:
        connection.connection.execute("ROLLBACK")

moment_of = clock.now
while not END.exists():
    at, before, exported, after = at_one_moment()
    if after != before:
        continue
    moments.append({key: value for key, (value, _) in before.items()})
    for key, (value, parts) in before.items():
        sums, of_parts = exported[key]
        if value is not None and (value, parts) != (sums, {name: of_parts[name] for name in parts}):
            wrong.append([f"{at:%H:%M:%S}", key, value, parts, sums, of_parts])
    pause = time.monotonic() + chance.uniform(0, 3)
    while time.monotonic() < pause and not END.exists():
        time.sleep(0.1)
print(json.dumps({"moments": moments, "wrong": wrong}))
"""


class WallWatch:
    """A process that compares while a replay runs in an exercise."""

    def __init__(self, place: DemoWorkspace, end: Path, seed: str) -> None:
        self._end = end
        self._process = subprocess.Popen(
            [sys.executable, "-c", f"{SET_UP}\n{COMPARE}", str(end), seed],
            env=place.environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True,
        )  # fmt: skip

    def close(self) -> dict[str, Any]:
        """Let it end; gives the moments it saw and what did not add up."""
        self._end.touch()
        out, err = self._process.communicate(timeout=120)
        assert self._process.returncode == 0, err
        found: dict[str, Any] = json.loads(out)
        return found
