"""What a plan (预案) says, as data: its shape, its YAML form, and what a checker finds in it."""

from anlan.plans.spec.shape import (
    Answer,
    Deadline,
    Debtor,
    Figure,
    Foreseen,
    Group,
    Member,
    PlanSpec,
    Response,
    Stage,
    Step,
    Template,
    Trigger,
    Warned,
)

__all__ = [
    "Answer",
    "Deadline",
    "Debtor",
    "Figure",
    "Foreseen",
    "Group",
    "Member",
    "PlanSpec",
    "Response",
    "Stage",
    "Step",
    "Template",
    "Trigger",
    "Warned",
]
