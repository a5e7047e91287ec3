"""The guide to plans is followed: its plan is sound, its words are those of the form."""

import msgspec

from anlan.plans.checking import check_plan
from anlan.plans.spec.shape import Answer, Deadline, Debtor, Need, Response, Stage, Step, Trigger
from anlan.plans.spec.yaml import read_plan, write_plan
from anlan.plans.tests.test_checking import facts

from .written import DOCS, fences, spans

GUIDE = DOCS / "howto" / "plans.md"
#: Words of the guide that are values, not names of the form.
VALUES = {
    "landfall", "water", "wind", "night", "int", "number", "text", "choice", "bool", "photo",
    "vessels", "danger-zones/geohazard", "groups", "members", "responses", "role", "at", "true",
}  # fmt: skip


def test_the_plan_of_the_guide_is_read_back_and_has_no_findings() -> None:
    (plan,) = (read_plan(text) for _, _, text in fences(GUIDE, "yaml"))
    assert read_plan(write_plan(plan)) == plan
    assert check_plan(plan, facts()) == []


def test_every_name_of_the_guide_is_one_of_the_form() -> None:
    shapes = (Answer, Deadline, Debtor, Need, Response, Stage, Step, Trigger)
    names = {one.name for shape in shapes for one in msgspec.structs.fields(shape)}
    told = {span for span in spans(GUIDE) if span.isascii()}
    assert told
    assert told - names - VALUES <= {"stages", "triggers"}
