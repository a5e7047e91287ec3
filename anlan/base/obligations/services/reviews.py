"""常普常新: rows that nobody has confirmed for too long become somebody's obligation."""

from django.db.models import Q

from anlan.base.obligations.models import Obligation
from anlan.base.obligations.periods import months_ago
from anlan.base.obligations.services.owing import BATCH, Debt, owe_many
from anlan.base.obligations.states import OPEN
from anlan.base.people import selectors as people
from anlan.base.permissions.actor import Actor, system
from anlan.base.register.columns import by_name
from anlan.base.register.registry import REGISTERS, Register
from anlan.kernel import clock


def open_reviews(*, by: Actor | None = None) -> int:
    """Ask the keepers of rows that are due; returns how many obligations were made.

    A row whose keeper cannot be found is left to `selectors.without_keeper`, a page people see.
    """
    made = 0
    for entry in REGISTERS.values():
        if entry.review_after is not None:
            made += _open_for(entry, entry.review_after, by or system("review"))
    return made


def _open_for(entry: Register, months: int, by: Actor) -> int:
    before = months_ago(clock.now(), months)
    due = entry.model._default_manager.filter(retired_at=None).filter(
        Q(reviewed_at=None) | Q(reviewed_at__lt=before)
    )
    asked = Obligation.objects.filter(
        kind="register-review", subject_kind=entry.key, state__in=OPEN
    ).values("subject")
    rows = list(due.exclude(pk__in=asked).order_by("pk")[:BATCH])
    keepers = people.keepers(entry, rows)
    debts = [
        Debt(
            kind="register-review",
            title=f"请确认{entry.title}「{_label(entry, row)}」是否仍属实",
            debtor=keepers[row.pk],
            region=row.region_id,
            subject=(entry.key, row.pk),
            once=f"review:{entry.key}:{row.pk}:{row.reviewed_at:%Y%m%d}"
            if row.reviewed_at
            else f"review:{entry.key}:{row.pk}:never",
        )
        for row in rows
        if row.pk in keepers
    ]
    if debts:
        owe_many(debts=debts, by=by)
    return len(debts)


def _label(entry: Register, row: object) -> str:
    """Name a row without a personal value: what is sealed is never a title."""
    column = by_name(entry).get(entry.label)
    if column is None or column.sealed:
        return str(getattr(row, entry.natural[0]))
    return str(getattr(row, column.attname))
