"""What is open on a desk, told by whoever knows: the modules above add what they have.

A watch that ends does not have to remember what it leaves behind.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from anlan.base.permissions.actor import Actor
from anlan.kernel.registry import Registry


@dataclass(frozen=True, kw_only=True)
class Open:
    """One thing that is not over: what kind, its name, its page, since when, what is due next."""

    kind: str
    kind_label: str
    kind_label_en: str
    title: str
    #: Address of its page.
    page: str
    since: datetime
    due: datetime | None = None
    case: str = ""


#: Given the actor and the desk's region.
Lister = Callable[[Actor, str], list[Open]]
LISTERS: Registry[Lister] = Registry("值班未了事项")


def tells(key: str) -> Callable[[Lister], Lister]:
    """Let a function tell what is open on a desk."""
    return lambda lister: LISTERS.add(key, lister)
