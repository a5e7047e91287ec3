"""Who comes along when a storm is replayed: letters, couriers, accounts, quick models, people."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

from anlan.base.regions import scope
from anlan.demo import storms
from anlan.demo.county import generate
from anlan.demo.days.recording import Recording, in_ms
from anlan.demo.storms import Storm
from anlan.demo.storms.bulletins import bulletins_of
from anlan.demo.storms.figures import figures
from anlan.demo.storms.letters import BULLETIN, WARNING, write_letters
from anlan.demo.storms.signals import warnings_of
from anlan.demo.storms.world import record_storm, under
from anlan.forecast.declaration.shelf import FOLDER as MODELS
from anlan.forecast.declaration.shelf import SHIPPED

from . import accounts
from .commanding import Commander
from .cursor import FOLDER, Cursor
from .people import Cut, Manners, People
from .stepping import Act
from .tally import Tally

LETTERS: Final = "letters.ndjson"
#: The quick product: settings of a shipped model made coarser, and how often it is run.
QUICK: Final = "surge"
COARSER: Final = (("cell_deg", "0.1"), ("near_deg", "0.01"), ("every", '"6h"'))
WHY: Final = "# 演练里用快速产品：外层约十一公里、近岸约一公里，每六小时一次；其余与自带的相同。\n"


def gather(storm: Storm, workspace: Path) -> Recording:
    """Make everything a storm's replay needs besides keys; gives its recording."""
    county = generate()
    around = under(county, storm)
    stations = {one.code: one for one in county.stations}
    told = figures(storm, around, stations)
    letters = [
        *bulletins_of(storm),
        *warnings_of(storm, told, (scope.normalise(county.code), county.name)),
    ]
    (workspace / FOLDER).mkdir(exist_ok=True)
    write_letters(workspace / FOLDER / LETTERS, letters)
    quicken(workspace)
    accounts.provide(workspace)
    return record_storm(county, around)


def quicken(workspace: Path) -> None:
    """Let the surge of an exercise be the quick product; a declaration of one's own stays."""
    path = workspace / MODELS / f"{QUICK}.toml"
    if path.exists():
        return
    text = (SHIPPED / f"{QUICK}.toml").read_text(encoding="utf-8")
    for name, value in COARSER:
        text = re.sub(rf"^{name} = \S+", f"{name} = {value}", text, flags=re.MULTILINE)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(WHY + text, encoding="utf-8")


def storm_of(cursor: Cursor) -> Storm | None:
    """Tell which storm a replay is of; None for a day or somebody's own recording."""
    return storms.storm(cursor.recording) if cursor.recording in storms.names() else None


def couriers(workspace: Path, url: str, cursor: Cursor) -> list[dict[str, Any]]:
    """Write the orders of the couriers, one process each."""
    tokens, path = accounts.provide(workspace), workspace / FOLDER / LETTERS
    return [
        {
            "letters": str(path), "url": url, "door": door, "token": tokens[door],
            "start": cursor.start,
        }
        for door in (BULLETIN, WARNING)
    ]  # fmt: skip


def people(storm: Storm, cursor: Cursor) -> Act:
    """Let simulated people take part, until the flood takes the village nobody listed.

    Where the storm is replayed from its first day a simulated commander decides as well.
    """
    slide = storm.slide
    gone = in_ms(slide.bursts) + round(slide.gone_min * 60_000)
    everybody = People(storm.seed, (Cut(slide.village, gone),))
    if cursor.start > in_ms(storm.start):
        return everybody.act
    manners = Manners.read()
    commander = Commander(manners.decides, manners.word, cursor.at)

    def act(at: int) -> Tally:
        told = everybody.act(at)
        told.decided = commander.act(at)
        return told

    return act
