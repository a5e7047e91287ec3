"""Every page that is made, by its place in the site. Call `declarations.load` before importing."""

from collections.abc import Callable
from functools import partial

from anlan.base.register.registry import REGISTERS
from anlan.project.docs import (
    code_tables,
    commands,
    engines,
    facts,
    http,
    looks,
    obligations,
    quality,
    registers,
    rights,
    surroundings,
)
from anlan.project.docs.markdown import Page


def pages() -> dict[str, Callable[[], Page]]:
    """List the made pages: path in the site -> what writes it."""
    made: dict[str, Callable[[], Page]] = {
        "reference/registers/index.md": registers.overview,
        "reference/rights.md": rights.who_may_what,
        "reference/codes/index.md": code_tables.overview,
        "reference/hazards/index.md": code_tables.hazards,
        "reference/events.md": facts.facts,
        "reference/obligations.md": obligations.obligations,
        "reference/commands.md": commands.commands,
        "reference/engines.md": engines.engines,
        "reference/environment.md": surroundings.environment,
        "reference/http.md": http.interface,
        "reference/looks.md": looks.looks,
        "quality/index.md": quality.overview,
    }
    for entry in REGISTERS.values():
        made[f"reference/registers/{entry.key}.md"] = partial(registers.one_page, entry)
    for one in code_tables.describe("table"):
        made[f"reference/codes/{one['key']}.md"] = partial(code_tables.table_page, one)
    for one in code_tables.describe("grade-rule"):
        made[f"reference/codes/grade-{one['key']}.md"] = partial(code_tables.rule_page, one)
    for one in code_tables.describe("hazard"):
        made[f"reference/hazards/{one['key']}.md"] = partial(code_tables.hazard_page, one)
    for module in quality.modules():
        made[f"quality/{module.name}.md"] = partial(quality.one_page, module)
    return made
