"""The built-in engines a model may name; each takes a run's folder and gives its result."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from anlan.forecast.adapters.contract import Result
from anlan.forecast.adapters.folder import Folder
from anlan.kernel.registry import Registry


@dataclass(frozen=True)
class Engine:
    """One engine as models use it. Whatever it cannot do it refuses with an `AnlanError`."""

    key: str
    title: str
    title_en: str
    #: Where its equations come from.
    source: str
    #: Counted up whenever the same inputs would give other figures.
    version: str
    run: Callable[[Folder], Result]


ENGINES: Registry[Engine] = Registry("预报引擎")


def engine(
    key: str, *, title: str, title_en: str, source: str, version: str
) -> Callable[[Callable[[Folder], Result]], Callable[[Folder], Result]]:
    """Declare a function as an engine."""

    def declare(run: Callable[[Folder], Result]) -> Callable[[Folder], Result]:
        ENGINES.add(key, Engine(key, title, title_en, source, version, run))
        return run

    return declare


@cache
def load() -> Registry[Engine]:
    """Import every built-in engine, once, whichever of them was imported before."""
    ENGINES.load("anlan.forecast.adapters.built")
    return ENGINES
