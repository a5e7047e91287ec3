"""The declaration of a model, read and checked."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Input:
    """One thing a model wants to know."""

    #: What it is called in ``request.json``.
    name: str
    #: Who gathers it: a key of `anlan.forecast.selectors.gathering.KINDS`.
    kind: str
    title: str
    title_en: str
    #: How far back it reaches; None where that has no meaning.
    back: timedelta | None = None
    #: Older than this it is late; None: it has no age.
    fresh: timedelta | None = None
    #: What is done when it is missing or late: stop, without, older.
    fallback: str = "stop"
    #: So old it may be at most: what is late but not so old is used and said. Older than that it
    #: counts as missing. None: what is late counts as missing.
    oldest: timedelta | None = None
    #: What the officer is told when the fallback is taken.
    said: str = ""
    #: What they are told when an older one is used; "" is as `said` has it.
    said_older: str = ""
    #: Further words for whoever gathers it.
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """When a model runs by itself."""

    every: timedelta
    #: After the whole hours and days of Beijing's clock that `every` divides.
    after: timedelta = timedelta(0)
    #: Inputs without which a cycle is let go and nobody is told: most days there is no typhoon.
    only_with: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Model:
    """A model in force."""

    key: str
    title: str
    title_en: str
    hazard: str
    #: Built-in engine; "" with a command.
    engine: str
    #: Program and arguments; ``{folder}``, ``{inputs}``, ``{outputs}`` are put in.
    command: tuple[str, ...]
    about: str
    about_en: str
    source: str
    #: How long before `based_at` it begins, and how far ahead it goes.
    past: timedelta
    ahead: timedelta
    step: timedelta
    time_limit: timedelta
    #: Of address space, MB; None: no bound.
    memory_mb: int | None
    #: Region it is for; "" is the whole of the workspace.
    region: str
    enabled: bool
    schedule: Schedule | None
    settings: dict[str, Any]
    inputs: tuple[Input, ...]
    #: SHA-256 of the declaration's text.
    version: str
    #: Whether it came with the platform.
    shipped: bool
