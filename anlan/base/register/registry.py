"""The declaration of a register (台账): what the model itself cannot say.

One `register(...)` in a module's ``registers.py`` gives list, form, rights by region, Excel in and
out, map layer, API, history and a documentation page. Every surface reads `REGISTERS`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from anlan.base.permissions.rights import declare_subject
from anlan.base.register.models import Located, Row
from anlan.kernel.registry import Registry


@dataclass(frozen=True)
class Computed:
    """A read-only column that is no field."""

    label: str
    #: Rows' ids in, value by id out: a fixed number of queries for a whole page.
    read: Callable[[list[str]], Mapping[str, Any]]
    type: str = "text"
    unit: str = ""
    help: str = ""


@dataclass(frozen=True, eq=False)
class Register:
    """One register. A new field here needs two registers that want it and an ADR line."""

    model: type[Row]  #: the Django model; its fields, labels and validators are the schema
    title: str  #: what people call it
    title_en: str  #: the same in English
    icon: str  #: name of a drawn mark of the front end
    domain: str  #: menu group and part of the rights table, e.g. ``places``
    listed: tuple[str, ...]  #: columns of the list, in order
    key: str  #: name in addresses and commands, e.g. ``danger-zones``
    natural: tuple[str, ...] = ("code",)  #: what makes an imported row the same row
    searched: tuple[str, ...] = ("name",)  #: columns the search box looks at
    label: str = "name"  #: the column that names a row where another row points at it
    geometry: str | None = None  #: ``point``, ``line``, ``area`` or None: how it lies on the map
    area: str = ""  #: the column that holds a polygon as GeoJSON
    public: tuple[str, ...] = ()  #: columns the public may see
    mask: tuple[str, ...] = ()  #: personal columns: masked, and reading them is journalled
    computed: Mapping[str, Computed] = field(default_factory=dict)  #: read-only columns
    within: str = ""  #: the reference whose region a row takes, so that nobody is asked twice
    review_after: int | None = None  #: months after which a row must be confirmed again
    source: str = ""  #: the law or standard that asks for this register
    demo: Mapping[str, Any] = field(default_factory=dict)  #: one row for tests and documents
    order: int = 100  #: place in the menu

    @cached_property
    def located(self) -> bool:
        """Whether rows have a point of their own."""
        return issubclass(self.model, Located)

    def action(self, verb: str) -> str:
        """Name a right on this register, e.g. ``shelters.edit``."""
        return f"{self.key}.{verb}"


REGISTERS: Registry[Register] = Registry("台账")

#: What a register's rights are called.
VERBS = ("view", "create", "edit", "retire", "import", "export", "unmask")

#: Menu groups, in order.
DOMAINS = {
    "places": ("场所与对象", "Places and objects"),
    "resources": ("应急资源", "Resources"),
    "people": ("单位与人员", "Units and people"),
    "residents": ("受威胁群众", "People at risk"),
    "monitoring": ("监测感知", "Monitoring"),
    "relief": ("灾情", "Losses"),
}


def register(model: type[Row], **declared: Any) -> Register:
    """Declare a register; `Conflict` when its key is taken."""
    declare_subject(declared["key"], declared["domain"])
    return REGISTERS.add(declared["key"], Register(model=model, **declared))
