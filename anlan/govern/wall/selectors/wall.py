"""The wall as a screen asks for it: ten figures, and the panels beside them."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from anlan.base.jobs.selectors import worker_state
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may, permit
from anlan.base.regions import scope
from anlan.base.regions import selectors as regions
from anlan.govern.wall.selectors import nature, panels, people
from anlan.govern.wall.selectors.figure import Asked, Cell, Figure, tell
from anlan.govern.wall.selectors.grouping import PANELS
from anlan.kernel import clock, workspace
from anlan.kernel.errors import Missing

VIEW = "wall.view"
#: What a figure is held against: itself, so long ago.
APART: Final = timedelta(hours=1)
FIGURES: Final[dict[str, Figure]] = {
    one.key: one
    for one in (
        people.MOVING, people.CALLS, nature.WARNINGS, people.OWED, nature.INCIDENTS,
        nature.STATIONS, nature.RESERVOIRS, nature.SURGE, nature.VESSELS, people.LOSSES,
    )
}  # fmt: skip


def asked_by(actor: Actor, region: str) -> Asked:
    """Tell of which region; whoever may not look there is refused."""
    permit(actor, VIEW)
    code = scope.normalise(region) if region else actor.region or regions.top()
    permit(actor, VIEW, code)
    return Asked(code, clock.now())


def wall(actor: Actor, region: str = "") -> dict[str, Any]:
    """Tell a screen all it shows."""
    asked = asked_by(actor, region)
    before = Asked(asked.region, asked.at - APART)
    here = workspace.current()
    told = {key: tell(one, asked, before) for key, one in FIGURES.items()}
    return {
        "region": asked.region,
        "region_name": regions.names([asked.region]).get(asked.region, asked.region),
        "as_of": asked.at, "since": before.at,
        "workspace": {
            "kind": here.kind, "title": here.title, "title_en": here.title_en or here.title,
        },
        # Without anybody to do the work nothing climbs and nothing falls late.
        "working": worker_state().workers > 0,
        "figures": [one.as_json() for one in told.values()],
        "panels": {one.key: one.as_json(told[one.figure.key]) for one in PANELS},
        **panels.beside(asked, clear=may(actor, "wall.unmask", asked.region)),
    }  # fmt: skip


def written(actor: Actor, key: str, region: str, language: str) -> tuple[str, Iterator[str]]:
    """Write what stands behind a figure as CSV; returns the file's name and the lines."""
    asked = asked_by(actor, region)
    figure = FIGURES.get(key)
    if figure is None:
        raise Missing("没有这个数字")
    behind = figure.read(asked)
    titles = [one.title_en if language == "en" else one.title for one in figure.columns]
    return f"wall-{key}-{clock.local(asked.at):%m%d-%H%M}.csv", _lines(titles, behind.lines)


def _lines(titles: list[str], lines: Any) -> Iterator[str]:
    yield "\ufeff" + _line(titles)
    for one in lines:
        yield _line([_cell(cell) for cell in one])


def _line(cells: list[Any]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue()


def _cell(cell: Cell) -> Any:
    if isinstance(cell, datetime):
        return f"{clock.local(cell):%Y-%m-%d %H:%M:%S}"
    if isinstance(cell, str) and cell[:1] in "=+-@\t\r":
        return "'" + cell if cell else ""
    return "" if cell is None else cell
