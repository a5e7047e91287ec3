"""A workspace for the tests of the foundations, and a real one for tests with processes."""

import fcntl
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from anlan.kernel import workspace
from anlan.kernel.ids import new_id


@pytest.fixture(scope="session", autouse=True)
def workspace_of_tests(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the whole run a workspace of its own, so that there is a master key."""
    directory = tmp_path_factory.mktemp("workspace")
    workspace.create(directory, kind="live", name="test")
    os.environ["ANLAN_DATA"] = str(directory)
    return directory


#: As the command line starts: see `anlan.project.cli.start_django`.
SET_UP = "import gc; gc.disable(); import django; django.setup(); gc.enable()"


@dataclass(frozen=True)
class RealWorkspace:
    """A workspace with a migrated database of its own, for programs of their own."""

    dir: Path
    database_url: str

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs to serve it."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith("ANLAN_")}
        return {
            **kept,
            "ANLAN_DATA": str(self.dir),
            "DATABASE_URL": self.database_url,
            "DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"],
        }

    @property
    def sqlite(self) -> Path:
        """The records database of the embedded form."""
        return self.dir / "records.sqlite3"

    def start(self, program: str, *arguments: str) -> "subprocess.Popen[str]":
        """Start a Python program text with Django ready."""
        text = f"{SET_UP}\n{program}"
        return subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-c", text, *arguments],
            env=self.environment,
            cwd=Path(__file__).resolve().parents[2],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def do(self, program: str, *arguments: str) -> str:
        """Run a program to its end and return what it printed."""
        process = self.start(program, *arguments)
        told, _ = process.communicate(timeout=120)
        assert process.returncode == 0, told
        return told

    def anlan(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run a command of the command line."""
        return subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-m", "anlan.project", *arguments],
            env=self.environment,
            cwd=Path(__file__).resolve().parents[2],
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )


@pytest.fixture(scope="session")
def migrated(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RealWorkspace]:
    """Migrate one empty workspace; all other databases of the run are copies of it.

    Migrating takes most of ten seconds. Test processes side by side therefore share it, and so do
    the files that import this fixture, of which each would otherwise have its own.
    """
    folder = of_the_run(request, tmp_path_factory) / "migrated"
    with shared(folder, _migrate) as made:
        yield made


@contextmanager
def shared(folder: Path, make: Callable[[Path], RealWorkspace]) -> Iterator[RealWorkspace]:
    """Let the first of all test processes make a workspace in a folder, and the last drop it.

    It is there to be copied: whoever wrote in it would write in everybody's.
    """
    with held(folder, by=+1) as users:
        if users == 1:
            (folder / "url").write_text(make(folder / "workspace").database_url, encoding="ascii")
    made = RealWorkspace(folder / "workspace", (folder / "url").read_text(encoding="ascii"))
    yield made
    with held(folder, by=-1) as users:
        if users == 0:
            shutil.rmtree(made.dir)
            if made.database_url:
                _drop(made.database_url)


def of_the_run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tell the temporary folder that all test processes of a run have in common."""
    run = tmp_path_factory.getbasetemp()
    return run.parent if hasattr(request.config, "workerinput") else run


@contextmanager
def held(folder: Path, *, by: int) -> Iterator[int]:
    """Count the users of a folder up or down and keep the others out meanwhile."""
    folder.mkdir(exist_ok=True)
    count = folder / "users"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        users = (int(count.read_text(encoding="ascii")) if count.exists() else 0) + by
        yield users
        count.write_text(str(users), encoding="ascii")  # not reached by whoever fails to make it


def _migrate(directory: Path) -> RealWorkspace:
    workspace.create(directory, kind="live", name="real")
    made = RealWorkspace(directory, _create() if os.environ.get("DATABASE_URL") else "")
    told = made.anlan("migrate")
    assert told.returncode == 0, told.stdout + told.stderr
    return made


def copied(source: RealWorkspace, directory: Path) -> RealWorkspace:
    """Copy a workspace, its database included; whoever asks drops that (see `copy_of`)."""
    shutil.copytree(source.dir, directory, ignore=shutil.ignore_patterns("wake"))
    url = source.database_url
    return RealWorkspace(directory, _create(urlsplit(url).path.lstrip("/")) if url else "")


@contextmanager
def copy_of(source: RealWorkspace, directory: Path) -> Iterator[RealWorkspace]:
    """Copy the migrated workspace, or another; its database is dropped afterwards."""
    made = copied(source, directory)
    try:
        yield made
    finally:
        if made.database_url:
            _drop(made.database_url)


@contextmanager
def new_database(template: str = "") -> Iterator[str]:
    """Make a PostgreSQL database beside the tests' own; drop it afterwards."""
    made = _create(template)
    try:
        yield made
    finally:
        _drop(made)


def _create(template: str = "") -> str:
    url, name = os.environ["DATABASE_URL"], f"anlan_{new_id().lower()}"
    _administer(url, f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{template}"' if template else ""))
    return urlsplit(url)._replace(path=f"/{name}").geturl()


def _drop(url: str) -> None:
    name = urlsplit(url).path.lstrip("/")
    _administer(os.environ["DATABASE_URL"], f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def real(migrated: RealWorkspace, tmp_path: Path) -> Iterator[RealWorkspace]:
    """Give a test its own migrated workspace, on SQLite or on PostgreSQL."""
    with copy_of(migrated, tmp_path / "workspace") as made:
        yield made


def _administer(url: str, statement: str) -> None:
    import psycopg

    made: Any = psycopg.connect(url, autocommit=True)
    until = time.monotonic() + 60
    with made:
        while True:
            try:
                made.execute(statement)
            except psycopg.errors.ObjectInUse:  # a template's last user is still being let go
                if time.monotonic() > until:
                    raise
            else:
                return
