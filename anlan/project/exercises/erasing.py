"""``python -m anlan.project.exercises.erasing``: erase in this exercise what its source erased.

Takes a JSON list of ids and answers ``{"keys": n}``. Rows of registers go the way of `anlan erase`,
households first, because they take their residents along. Of what is left over (the key of a
telephone or a household that is gone) the key alone is destroyed.
"""

import json
import sys

from anlan.project.cli import start_django


def main() -> None:
    """Erase what is named on the standard input."""
    ids = json.load(sys.stdin)
    start_django()
    sys.stdout.write(json.dumps({"keys": erase(ids)}) + "\n")


def erase(ids: list[str]) -> int:
    """Erase rows and keys in this process's workspace; return how many keys were destroyed."""
    from anlan.base.households.models import Household
    from anlan.base.vault.erasure import scrub

    homes = set(Household.objects.filter(pk__in=ids).values_list("pk", flat=True))
    ordered = sorted(ids, key=lambda one: one not in homes)
    keys = 0
    bare = []
    for one in ordered:
        found = _erase_row(one)
        keys += found or 0
        if found is None:
            bare.append(one)
    keys += _destroy(bare)
    scrub()
    return keys


def _erase_row(one: str) -> int | None:
    """Erase a row of a register unless an earlier one took it along; None when there is none."""
    from anlan.base.households.services import erase as erase_subject
    from anlan.base.permissions.actor import system
    from anlan.base.vault.selectors import is_destroyed
    from anlan.kernel.errors import Missing

    if is_destroyed([one]):
        return 0
    try:
        return erase_subject(subject=one, by=system("follow"))
    except Missing:
        return None


def _destroy(subjects: list[str]) -> int:
    from django.db import transaction

    from anlan.base.journal.services import record
    from anlan.base.vault import services as vault
    from anlan.base.vault.selectors import is_destroyed

    left = sorted(set(subjects) - is_destroyed(subjects))
    if not left:
        return 0
    with transaction.atomic():
        keys = vault.destroy(left, by="system:follow")
        for one in left:
            record(deed="keys.erased", by="system:follow", subject=("keys", one))
    return keys


if __name__ == "__main__":
    main()
