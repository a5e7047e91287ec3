"""One request of the walk, and how it is told apart from others of its address."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.rights.world import World


@dataclass(frozen=True)
class Ask:
    """One request. `form` sends a file as multipart; `note` tells two asks of one address apart."""

    path: str
    body: dict[str, Any] | Callable[[World], dict[str, Any]] | None = None
    form: Callable[[], dict[str, Any]] | None = None
    note: str = ""
    #: The answer is the same for all who get it, and holds nothing of anybody's.
    same: bool = False
