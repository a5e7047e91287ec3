"""All that is checked of a plan."""

from anlan.plans.checking.facts import Facts
from anlan.plans.checking.findings import Finding
from anlan.plans.checking.naming import check_names
from anlan.plans.checking.order import check_order
from anlan.plans.checking.people import check_people
from anlan.plans.checking.stores import check_stores
from anlan.plans.checking.teams import check_teams
from anlan.plans.checking.verifying import check_verifiers
from anlan.plans.spec.shape import PlanSpec

ORDER = ("error", "gap", "hint")


def check_plan(plan: PlanSpec, facts: Facts) -> list[Finding]:
    """Check a plan; the gravest findings first, then in the order of the plan."""
    found = [
        *check_names(plan, facts),
        *check_order(plan),
        *check_people(plan, facts),
        *check_teams(plan),
        *check_stores(plan, facts),
        *check_verifiers(plan, facts),
    ]
    return sorted(found, key=lambda one: ORDER.index(one.gravity))
