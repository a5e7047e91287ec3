"""Deeds to note in tests."""

from django.db import transaction

from anlan.base.journal.services import Deed, record_many
from anlan.base.journal.services.sealing import seal_due

CASE = "01KAN0000000000000000CASE1"


def note(count: int, *, case: str = "") -> list[int]:
    """Note some deeds in one transaction; return the entries' ids."""
    deeds = [
        Deed(
            deed="shelters.edited",
            by="user:01KAN000000000000000000001",
            subject=("shelters", f"01KAN{number:021d}"),
            region="339901101201",
            case=case,
            changes={"name": ["村委会", f"文化礼堂{number}"], "capacity": [None, 120.5]},
            facts={"reason": "年度核查"},
        )
        for number in range(count)
    ]
    with transaction.atomic():
        return record_many(deeds)


def chained(count: int) -> list[int]:
    """Note deeds and chain them."""
    ids = note(count)
    while seal_due():
        pass
    return ids
