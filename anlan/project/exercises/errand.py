"""The process in which a storm is lived through: what the supervisor runs as its errand ``replay``.

``python -m anlan.project.exercises.errand OPTIONS OF anlan replay``, with ``ANLAN_DATA`` naming the
workspace. After a crash of everything the exercise is being started again already; the replay goes
on once it answers.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from anlan.project.exercises.places import place_of
from anlan.project.supervisor import control

#: The option of `anlan replay` that names the exercise.
NAME = "--name"


def await_exercise(home: Path, name: str) -> None:
    """Wait for an exercise that is being started; one nobody starts is not waited for."""
    told = control.ask(home, {"do": "list"})
    place = place_of(home, name).resolve()
    if str(place) in {one["data"] for one in told.get("workspaces", ())}:
        control.wait_ready(place)


def main(options: Sequence[str]) -> None:
    """Wait for the exercise, then become the replay."""
    home = Path(os.environ["ANLAN_DATA"])
    await_exercise(home, options[options.index(NAME) + 1])
    command = (sys.executable, "-m", "anlan.project", "--data", str(home), "replay", *options)
    os.execv(sys.executable, command)  # noqa: S606 - our own


if __name__ == "__main__":
    main(sys.argv[1:])
