"""The part of a declaration that says: this is a feed of warnings (Atom, RSS)."""

import re

from anlan.gateways.sources.declaration.declared import Warnings
from anlan.gateways.sources.declaration.mappings import WHOLE
from anlan.protocols.declared.taking import Table
from anlan.protocols.mapping import Mapping, TimeForm

#: ``host`` or ``host:port``, as links name it.
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d{1,5})?")
MOST_HOSTS = 50
#: What only a source of observations says.
_OBSERVED = ("mapping", "form", "window", "paging", "each", "scope")


def read_warnings(top: Table) -> Warnings | None:
    """Read ``[warnings]``; None without it."""
    table = top.table("warnings")
    if table is None:
        return None
    for name in _OBSERVED:
        if top.has(name):
            top.slip(name, "取的是预警（[warnings]），不需要这一项")
            top.any(name)
    hosts = table.listed("hosts")
    wrong = [one for one in hosts if not (isinstance(one, str) and _HOST.fullmatch(one))]
    if wrong or len(hosts) > MOST_HOSTS:
        table.slip("hosts", f'应如 ["data.example.gov.cn"]，不写 http://，最多 {MOST_HOSTS} 个')
    made = Warnings(
        hosts=tuple(str(one).lower() for one in hosts),
        largest_kb=table.whole("largest_kb", 512, low=1, high=2048),
    )
    table.done()
    return made


def no_mapping() -> Mapping:
    """Give the mapping of what has no observations."""
    return Mapping(WHOLE, {}, (), TimeForm(), ())
