"""Which statutory clocks an incident sets going: the code table ``report-clocks``."""

from collections.abc import Sequence

from anlan import codes
from anlan.base.regions import scope
from anlan.base.regions.models import Level
from anlan.codes import Code
from anlan.respond.incidents.models import Incident
from anlan.respond.incidents.selectors.floors import floor

TABLE = "report-clocks"
#: The table's word for the level of a desk.
SENDERS = {
    Level.CITY: "city", Level.COUNTY: "county", Level.TOWN: "township",
    Level.VILLAGE: "village", Level.GRID: "village",
}  # fmt: skip
#: Dead and missing together, as some rules count them.
LOST = "dead_missing"


def rules_for(row: Incident, report: str) -> list[Code]:
    """List the rows that ask for a kind of report of this incident, as it is known now."""
    return [
        rule
        for rule in codes.table(TABLE, region=row.office)
        if rule.text("report") == report and _fits(row, rule)
    ]


def first_rule(row: Incident, report: str) -> Code | None:
    """Find the first row that asks for a kind of report."""
    return next(iter(rules_for(row, report)), None)


def _fits(row: Incident, rule: Code) -> bool:
    kind = codes.table("incident-kinds").get(row.kind)
    wanted = (
        (rule.several("senders"), SENDERS.get(Level(scope.level_of(row.office)), "")),
        (rule.several("classes"), kind.text("class") if kind else None),
        (rule.several("kinds"), row.kind),
        (rule.several("grades"), _grade(row)),
    )
    return all(not some or one in some for some, one in wanted) and _reaches(row, rule)


def _grade(row: Incident) -> str:
    """Tell the grade that counts: what a person confirmed, else what the figures show at least."""
    if row.grade is not None:
        return str(row.grade)
    shown = floor(row.kind, row.figures)
    return str(shown.grade) if shown and shown.grade else ""


def _reaches(row: Incident, rule: Code) -> bool:
    name, least = rule.text("figure"), rule.number("least")
    if not name or least is None:
        return True
    parts: Sequence[str] = ("deaths", "missing") if name == LOST else (name,)
    return sum(float(row.figures.get(part, 0)) for part in parts) >= least
