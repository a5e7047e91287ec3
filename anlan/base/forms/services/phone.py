"""Filling in by a link from a short message: the same deeds, and the link is marked used."""

from django.db import transaction

from anlan.base.forms.services.filling import Filled, copy_last, save_sheet, submit_sheet
from anlan.base.permissions.services.links import Opened, use_link


def save_by_link(*, opened: Opened, sheet: str, filled: Filled) -> int:
    """Keep a draft; returns the sheet's new version."""
    return save_sheet(sheet=sheet, filled=filled, by=opened.actor)


def submit_by_link(*, opened: Opened, sheet: str, filled: Filled) -> int:
    """Submit; returns the revision."""
    with transaction.atomic():
        revision = submit_sheet(sheet=sheet, filled=filled, by=opened.actor)
        use_link(opened)
    return revision


def copy_by_link(*, opened: Opened, sheet: str, version: int) -> int:
    """Take last time's rows over; returns the number of their round."""
    return copy_last(sheet=sheet, version=version, by=opened.actor)
