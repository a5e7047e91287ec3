"""A county that asks two townships and a village without a post; a clock that can be turned."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from anlan.base.conftest import migrated, workspace_of_tests
from anlan.base.forms import services
from anlan.base.forms.models import Round, Sheet
from anlan.base.people.tests import village as v
from anlan.base.permissions.actor import Actor, Holding
from anlan.base.regions import scope
from anlan.kernel import clock

__all__ = ["migrated", "workspace_of_tests"]

START = datetime(2026, 8, 9, 1, 0, tzinfo=UTC)  # 09:00 in Beijing


@dataclass
class Turn:
    """The tests' clock."""

    at: datetime = START

    def forward(self, **spans: float) -> datetime:
        self.at += timedelta(**spans)
        return self.at


@pytest.fixture
def turn(monkeypatch: pytest.MonkeyPatch) -> Turn:
    made = Turn()
    monkeypatch.setattr(clock, "now", lambda: made.at)
    return made


def actor(role: str, region: str, name: str = "", person: str = "") -> Actor:
    """Somebody with a role in a region."""
    roles = (Holding(role, scope.prefix(region)),) if role else ()
    name = name or role
    return Actor(
        ref=f"user:{name}", user_id=name, name=name, roles=roles, region=region, person=person
    )


DUTY = actor("duty-officer", v.COUNTY, "duty")
TOWN, OTHER = actor("township", v.TOWN, "town"), actor("township", v.OTHER, "other")
CHARLIE = actor("section", "339902000000", "charlie")

#: What the form of most tests asks.
COLUMNS: list[dict[str, Any]] = [
    {"key": "moved", "label": "转移人数", "unit": "人", "required": True},
    {"key": "stuck", "label": "未转移", "unit": "人"},
    {"key": "all", "label": "应转移", "type": "sum", "unit": "人", "parts": ["moved", "stuck"]},
    {"key": "road", "label": "道路通行", "type": "choice", "choices": ["通", "断"]},
    {"key": "power", "label": "停电", "type": "bool"},
    {"key": "note", "label": "备注", "type": "text"},
]


def drawn(**more: Any) -> services.Drawn:
    """A form as most tests draw it."""
    return services.Drawn(
        **{
            "title": "人员转移滚动报表", "columns": COLUMNS,
            "regions": [v.TOWN, v.OTHER, v.NEAR], **more,
        }
    )  # fmt: skip


@dataclass
class World:
    """One form, and short ways to its sheets."""

    form: str

    def open(self, after: int = 0, by: Actor = DUTY) -> Round:
        """Send a round."""
        return Round.objects.get(pk=services.open_round(form=self.form, after=after, by=by))

    def sheet(self, round_: Round, region: str = v.TOWN) -> Sheet:
        """Find a region's sheet."""
        return round_.sheets.get(region=region)

    def fill(self, sheet: Sheet, by: Actor, *rows: Mapping[str, Any]) -> int:
        """Submit a sheet as it stands now."""
        version = Sheet.objects.get(pk=sheet.pk).version
        filled = services.Filled(rows=rows, version=version)
        return services.submit_sheet(sheet=sheet.pk, filled=filled, by=by)


@pytest.fixture
def people(db: None, turn: Turn, workspace_of_tests: object) -> None:  # noqa: ARG001
    """Reporters of both townships, the watch of the county."""
    v.make_regions()
    v.unit(region=v.TOWN)
    for number, name in enumerate(("陈一", "陈二", "陈三", "陈四"), start=1):
        v.person(f"P{number}", name, v.TOWN)
    v.post("R1", "disaster-reporter", v.TOWN, holder="P1", deputy="P2")
    v.post("D1", "duty-officer", v.TOWN, holder="P2")
    v.post("R2", "township-emergency-officer", v.OTHER, holder="P3")
    v.post("D3", "duty-officer", v.COUNTY, holder="P4")


@pytest.fixture
def world(people: None) -> World:  # noqa: ARG001 - they must be there
    """The form, drawn up and not sent."""
    return World(services.draw_form(drawn=drawn(), by=DUTY))


def reporter() -> Actor:
    """Whoever reports for the township, without any role of an account: as a link's holder acts."""
    return actor("", v.TOWN, "reporter", v.person_of("P1"))
