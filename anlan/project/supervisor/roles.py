"""The processes of one workspace, and what is done before they start."""

import importlib.util
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from anlan.kernel.workspace import Workspace

ANLAN = (sys.executable, "-m", "anlan.project")


@dataclass(frozen=True)
class Role:
    """One kind of child process."""

    name: str
    command: tuple[str, ...]
    count: int = 1
    #: The module that does the work; a role whose module is not built yet is not started.
    module: str = ""
    nice: int = 0
    #: Gets ``--host --port --worker --fd``: it accepts from a socket the supervisor holds.
    listens: bool = False

    def exists(self) -> bool:
        """Whether this version of the product has the role."""
        return not self.module or _found(self.module)


@dataclass(frozen=True)
class Preparation:
    """Something that must end well before the roles start."""

    title: str
    command: tuple[str, ...]
    kinds: tuple[str, ...] = ("demo", "live", "exercise")


def _found(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def nested_supervisor(data: Path, host: str, port: int) -> tuple[str, ...]:
    """Return the command that serves an exercise workspace below this supervisor."""
    options = ("--data", str(data), "--host", host, "--port", str(port))
    return (sys.executable, "-m", "anlan.project.supervisor", *options)


@dataclass(frozen=True)
class Recipe:
    """Everything a supervisor starts."""

    roles: tuple[Role, ...]
    preparations: tuple[Preparation, ...] = ()
    nested: Callable[[Path, str, int], tuple[str, ...]] = nested_supervisor
    #: What may be asked to run once, by name.
    errands: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: A start that is not healthy after this long has failed.
    patience_s: float = 120.0

    @property
    def doors(self) -> int:
        """How many processes accept from the port."""
        return max((role.count for role in self.roles if role.listens), default=1)

    def preparations_for(self, workspace: Workspace) -> tuple[Preparation, ...]:
        """Return what this kind of workspace needs."""
        return tuple(step for step in self.preparations if workspace.kind in step.kinds)


PRODUCT = Recipe(
    roles=(
        Role("web", (*ANLAN, "serve"), count=2, listens=True),
        Role("work", (*ANLAN, "work")),
        Role("ingest", (*ANLAN, "ingest"), module="anlan.gateways.ingest"),
        Role("heavy", (*ANLAN, "heavy"), module="anlan.forecast.heavy", nice=10),
    ),
    preparations=(
        Preparation("升级数据库 Migrating the database", (*ANLAN, "migrate")),
        Preparation(
            "载入演示县 Loading the demo county", (*ANLAN, "demo", "load"), kinds=("demo",)
        ),
        Preparation("首批管理员 First administrators", (*ANLAN, "setup-admins"), kinds=("live",)),
    ),
    errands={"replay": (sys.executable, "-m", "anlan.project.exercises.errand")},
)
