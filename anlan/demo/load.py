"""Load the demo county: regions, registers, people, rota, accounts. Twice is once."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from anlan.base.permissions.actor import system
from anlan.base.regions import scope
from anlan.base.regions.models import Level
from anlan.base.register.registry import REGISTERS
from anlan.demo.basemap import write_basemap
from anlan.demo.county import County, generate
from anlan.demo.evacuating import start_evacuation
from anlan.demo.forms import start_form
from anlan.demo.incidents import start_incidents
from anlan.demo.losses import start_losses
from anlan.demo.matters import start_matters
from anlan.demo.past import start_past
from anlan.demo.plan import approve_plans
from anlan.demo.population import People
from anlan.demo.regions import write_regions
from anlan.demo.reviewed import start_review
from anlan.demo.rota import shifts
from anlan.demo.rules import switch_on_rules
from anlan.demo.sea import write_sea
from anlan.demo.sea_sheets import SEA_SHEETS
from anlan.demo.sheets import SHEETS
from anlan.demo.stocks import stocks
from anlan.demo.storm import start_storm
from anlan.demo.users import make_users
from anlan.demo.warnings import start_warnings
from anlan.demo.writing import write
from anlan.kernel import clock, workspace
from anlan.kernel.errors import Conflict

MARK = "demo-county.json"
#: Heights and depths, for any GIS and for the engines.
TERRAIN = "terrain.tif"
PEOPLE = ("households", "residents", "threats")

T = TypeVar("T")
#: Told (stage, done, total).
Progress = Callable[[str, int, int], None]


@dataclass
class Report:
    """What was written, by register key, and how long each stage took."""

    added: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    already: bool = False


def load_county(*, scale: int = 1, progress: Progress | None = None) -> Report:
    """Fill the workspace with the demo county; a workspace that has it is left as it is.

    Raises `Conflict` in a live workspace: invented people must never stand beside real ones.
    """
    here = workspace.current()
    if here.kind == "live":
        raise Conflict("演示县只能装入演示或演练工作区，不能装入正式工作区")
    tell = progress or (lambda stage, done, total: None)  # noqa: ARG005 - says nothing
    mark = here.dir / MARK
    if mark.exists() and json.loads(mark.read_text(encoding="utf-8"))["scale"] >= scale:
        return Report(already=True)
    report = Report()
    tell("生成", 0, 1)
    county = _timed(report, "generate", partial(generate, scale=scale))
    tell("生成", 1, 1)
    _write(report, county, tell, is_demo=here.kind == "demo")
    mark.write_text(json.dumps({"scale": scale, "seed": county.seed}), encoding="utf-8")
    return report


def _timed(report: Report, stage: str, work: Callable[[], T]) -> T:
    begun = time.perf_counter()
    done = work()
    report.seconds[stage] = time.perf_counter() - begun
    return done


def _write(report: Report, county: County, tell: Progress, *, is_demo: bool) -> None:
    by = system("demo")
    today = clock.local(clock.now()).date()
    report.added["regions"] = _timed(
        report, "regions", lambda: write_regions(county, by=by, progress=tell)
    )
    report.added["basemap"] = _timed(report, "basemap", lambda: write_basemap(county, by=by))
    county.terrain.write_geotiff(workspace.current().dir / TERRAIN)
    write_sea(county, workspace.current().dir)
    sheets = {key: rows(county) for key, rows in (*SHEETS, *SEA_SHEETS, ("stocks", stocks))}
    sheets["duty-shifts"] = shifts(county, today)
    for key, rows in sheets.items():
        entry = REGISTERS[key]
        work = partial(write, entry, rows, by=by, tell=partial(tell, entry.title))
        report.added[key] = _timed(report, key, work)
    people = People(county, by)
    told = {key: partial(tell, REGISTERS[key].title) for key in PEOPLE}
    report.added |= _timed(report, "people", partial(people.write, told))
    if is_demo:
        code = scope.normalise(county.code)
        village = scope.normalise(county.full_villages[0])
        report.added["users"] = _timed(report, "users", partial(make_users, code, village, by=by))
        report.added["rules"] = _timed(report, "rules", partial(switch_on_rules, code))
        town = scope.pad(village[: scope.LENGTHS[Level.TOWN - 1]])
        report.added["matters"] = _timed(report, "matters", partial(start_matters, code, town))
        report.added["forms"] = _timed(report, "forms", partial(start_form, code))
        report.added["plans"] = _timed(report, "plans", partial(approve_plans, code))
        report.added["review"] = _timed(report, "review", partial(start_review, code, town))
        report.added["warnings"] = _timed(report, "warnings", partial(start_warnings, code))
        report.added["forecasts"] = _timed(report, "forecasts", partial(start_storm, code))
        report.added["incidents"] = _timed(report, "incidents", partial(start_incidents, code))
        report.added["evacuation"] = _timed(report, "evacuation", partial(start_evacuation, town))
        report.added["losses"] = _timed(report, "losses", partial(start_losses, code))
        report.added["past"] = _timed(report, "past", partial(start_past, code))
