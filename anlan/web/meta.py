"""Everything a front end must know before it draws anything, for one asker (`GET /api/v1/meta`)."""

from functools import cache
from typing import Any

from anlan import codes
from anlan.base.basemap import layers
from anlan.base.basemap import selectors as maps
from anlan.base.obligations.kinds import KINDS
from anlan.base.obligations.states import LIFECYCLE
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.selectors import rights_of
from anlan.base.regions import scope
from anlan.base.regions import selectors as regions
from anlan.base.register import meta as registers
from anlan.codes import quantities
from anlan.forecast.states import RUN, SIGNING
from anlan.kernel.lifecycle import Lifecycle
from anlan.sense.rules import words
from anlan.sense.states import LIFECYCLE as ALARM

#: Code tables the face uses outside of forms.
SHOWN = (
    "warning-levels", "posts", "special-groups", "hazards", "station-kinds", "stream-level-kinds",
    "alarm-causes", "season", "warning-contents", "response-levels",
)  # fmt: skip


def meta(actor: Actor) -> dict[str, Any]:
    """Describe the platform as this asker may use it."""
    return {
        "registers": registers.registers(actor),
        "layers": layers.described(actor),
        "basemap": maps.basemap(),
        "codes": code_tables(),
        "lifecycles": {one.key: lifecycle(one) for one in (LIFECYCLE, ALARM, RUN, SIGNING)},
        "quantities": measured(),
        "rights": rights_of(actor),
        "regions": {"root": root(actor)},
        "obligation_kinds": [
            {"key": kind.key, "title": kind.title, "title_en": kind.title_en}
            for kind in KINDS.values()
        ],
    }


@cache
def code_tables() -> dict[str, Any]:
    """Give the shown code tables as choices."""
    found = {}
    for key in SHOWN:
        table = codes.table(key)
        found[key] = {
            "title": table.title,
            "title_en": table.title_en,
            "confidence": table.confidence,
            "rows": codes.as_choices(key),
        }
    return found


def measured() -> list[dict[str, Any]]:
    """Name what can be measured, in which unit and with how many decimals it is shown."""
    return [
        {
            "key": one.key,
            "title": one.title,
            "title_en": one.title_en,
            "unit": words.unit_of(one.key),
            "decimals": one.decimals,
            "kind": one.kind,
        }
        for one in quantities.quantities().values()
    ]


def lifecycle(one: Lifecycle) -> list[dict[str, Any]]:
    """Describe a lifecycle's states."""
    return [
        {
            "state": state.code,
            "label": state.label,
            "label_en": state.label_en,
            "tone": state.tone,
            "to": list(state.to),
        }
        for state in one.states
    ]


def root(actor: Actor) -> dict[str, Any] | None:
    """Name the region an asker's view begins at: their own, else the whole of what is stored."""
    code = actor.region or regions.top()
    if not code:
        return None
    name = regions.names({code}).get(code, code)
    return {"code": code, "name": name, "level": scope.level_of(code)}
