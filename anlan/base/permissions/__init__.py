"""Who may do what where, asked in one place (权限)."""

from anlan.base.permissions.actor import PUBLIC, Actor, Holding, system
from anlan.base.permissions.gate import condition, may, permit, prefixes, shared, visible
from anlan.base.permissions.rights import declare_subject

__all__ = [
    "PUBLIC",
    "Actor",
    "Holding",
    "condition",
    "declare_subject",
    "may",
    "permit",
    "prefixes",
    "shared",
    "system",
    "visible",
]
