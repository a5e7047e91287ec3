"""A copy in the making: seen by nobody until it is whole, wiped when its maker was killed."""

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from anlan.kernel.errors import Conflict
from anlan.project.exercises.places import FOLDER

LOCK = "lock"
#: What opens something: overwritten before it is deleted.
KEYS = ("secret*", "journal.key")


class Draft:
    """A directory that becomes an exercise, or nothing."""

    def __init__(self, goal: Path) -> None:
        self.goal = goal
        self.dir = goal.with_name(f".{goal.name}.{secrets.token_hex(4)}")
        with _alone(goal.parent):
            self.dir.mkdir(mode=0o700)
            self._lock = hold(self.dir)

    def finish(self) -> Path:
        """Give the directory its name, on the disk when this returns; return it.

        Raises `Conflict` when the name was taken meanwhile.
        """
        for path in self.dir.rglob("*"):
            if path.is_file():
                _sync(path)
        _sync(self.dir)
        try:
            self.dir.rename(self.goal)
        except OSError as error:
            raise Conflict(f"{self.goal} 已存在") from error
        _sync(self.goal.parent)
        os.close(self._lock)
        return self.goal

    def abandon(self) -> None:
        """Leave nothing behind."""
        if self.dir.exists():
            wipe(self.dir)
            os.close(self._lock)


@contextmanager
def draft(goal: Path) -> Iterator[Draft]:
    """Make a draft; whatever happens before `Draft.finish` removes it again."""
    if goal.exists():
        raise Conflict(f"{goal} 已存在，请换一个名称或先 anlan workspace remove {goal.name}")
    goal.parent.mkdir(mode=0o700, exist_ok=True)
    made = Draft(goal)
    try:
        yield made
    finally:
        made.abandon()


def sweep(home: Path) -> int:
    """Wipe what killed copyings left behind; return how many."""
    folder = home / FOLDER
    if not folder.is_dir():
        return 0
    swept = 0
    with _alone(folder):
        for path in [one for one in folder.glob(".*") if one.is_dir()]:
            try:
                lock = hold(path)
            except Conflict:  # it is being made
                continue
            wipe(path)
            os.close(lock)
            swept += 1
    return swept


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep beginning and sweeping apart: a draft a moment old is not yet locked."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def hold(directory: Path) -> int:
    """Take a workspace's lock, the one its supervisor holds; `Conflict` when somebody has it."""
    lock = os.open(directory / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise Conflict(f"{directory} 正在使用") from None
    return lock


def wipe(directory: Path) -> None:
    """Overwrite the keys of a workspace, then delete all of it."""
    for path in [path for pattern in KEYS for path in directory.glob(pattern)]:
        if path.is_file():
            with path.open("r+b") as file:
                file.write(secrets.token_bytes(path.stat().st_size))
                file.flush()
                os.fsync(file.fileno())
    # Out of sight in one step: a deletion cut short leaves no half workspace either.
    if not directory.name.startswith("."):
        directory = directory.rename(
            directory.with_name(f".{directory.name}.{secrets.token_hex(4)}")
        )
    shutil.rmtree(directory)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
