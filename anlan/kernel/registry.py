"""Things declared once and found by key: hazards, registers, obligation kinds, jobs, engines."""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from typing import Generic, TypeVar

from anlan.kernel.errors import Conflict, Missing

T = TypeVar("T")


class Registry(Mapping[str, T], Generic[T]):
    """A mapping that grows while the program starts and is frozen afterwards.

    >>> fruits: Registry[int] = Registry("水果")
    >>> fruits.add("apple", 1)
    1
    >>> fruits["apple"]
    1
    """

    def __init__(self, title: str) -> None:
        self.title = title
        self._entries: dict[str, T] = {}
        self._frozen = False

    def add(self, key: str, entry: T) -> T:
        """Declare one entry; `Conflict` when the key is taken or the registry is frozen."""
        if self._frozen:
            raise Conflict(f"{self.title}：启动完成后不能再登记「{key}」")
        if key in self._entries:
            raise Conflict(f"{self.title}：「{key}」登记了两次")
        self._entries[key] = entry
        return entry

    def freeze(self) -> None:
        """Allow no more entries."""
        self._frozen = True

    def load(self, package: str) -> None:
        """Import every module of a package, so that each may add its entry."""
        home = importlib.import_module(package)
        for module in pkgutil.iter_modules(home.__path__):
            importlib.import_module(f"{package}.{module.name}")

    def __getitem__(self, key: str) -> T:
        """Find an entry; `Unknown` (a `Missing` and a KeyError) when there is none."""
        try:
            return self._entries[key]
        except KeyError:
            raise Unknown(f"{self.title}：没有「{key}」") from None

    def __iter__(self) -> Iterator[str]:
        """Walk the keys in the order of declaration."""
        return iter(self._entries)

    def __len__(self) -> int:
        """Count the entries."""
        return len(self._entries)


class Unknown(Missing, KeyError):
    """No entry has this key."""
