"""Deeds on plans: drafted, sent for approval, approved by another person, abolished."""

from anlan.plans.services.plans import (
    approve_plan,
    draft_plan,
    retire_plan,
    return_plan,
    submit_plan,
)

__all__ = ["approve_plan", "draft_plan", "retire_plan", "return_plan", "submit_plan"]
