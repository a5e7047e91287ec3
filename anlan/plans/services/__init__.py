"""Deeds on plans: drafted, sent for approval, approved by another person, revised, abolished."""

from anlan.plans.services.plans import (
    approve_plan,
    draft_plan,
    retire_plan,
    return_plan,
    submit_plan,
)
from anlan.plans.services.revising import Cited, propose_revision

__all__ = [
    "Cited",
    "approve_plan",
    "draft_plan",
    "propose_revision",
    "retire_plan",
    "return_plan",
    "submit_plan",
]
