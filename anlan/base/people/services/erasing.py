"""Destroying what is known of somebody who served (突发事件应对法第八十五条)."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import F

from anlan.base.files.services import destroy_files, destroy_files_of
from anlan.base.journal.services import record
from anlan.base.people.models import Account, DutyShift, Holding, Person, Phone
from anlan.base.people.selectors import held_by, today
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import permit
from anlan.base.permissions.models import User
from anlan.base.permissions.services.accounts import lock_user
from anlan.base.permissions.services.ending import end_links_of
from anlan.base.permissions.services.sessions import end_sessions
from anlan.base.vault import services as vault
from anlan.kernel import clock
from anlan.kernel.errors import Missing


def erase_person(*, person: str, by: Actor) -> int:
    """Destroy a person's keys and clear what stood in clear; returns how many keys went.

    The row stays, retired and marked, so that what points at it still stands; posts held become
    gaps, coming watches lose the person, accounts are closed and renamed, links sent to their
    telephones open nothing more. The journal tells ids only. Raises `Missing` when there is no such
    person.
    """
    with transaction.atomic():
        row = Person.objects.filter(pk=person).first()
        if row is None:
            raise Missing("没有这个人员")
        permit(by, "persons.erase", row.region_id)
        phones = list(Phone.objects.filter(person=person).values_list("pk", flat=True))
        accounts = list(Account.objects.filter(person=person).values_list("pk", flat=True))
        keys = vault.destroy([person, *phones, *accounts], by=by)
        _clear(person, by)
        _leave(person)
        users = _close_accounts(person, by)
        end_links_of(person=person, by=by)
        files = destroy_files(subject_kind="persons", subjects=[person]) + destroy_files_of(person)
        record(
            deed="persons.erased", by=by, subject=("persons", person), region=row.region_id,
            facts={"keys": keys, "phones": phones, "accounts": accounts, "users": users,
                   "files": files},
        )  # fmt: skip
    return keys


def _clear(person: str, by: Actor) -> None:
    now = clock.now()
    kept = {"retired_at": now, "changed_at": now, "changed_by": by.ref}
    Person.objects.filter(pk=person).update(
        sex="", birth_year=None, title="", erased_at=now, version=F("version") + 1, **kept
    )
    Phone.objects.filter(person=person).update(
        short_number="", dead=True, version=F("version") + 1, **kept
    )
    Account.objects.filter(person=person).update(dead=True, version=F("version") + 1, **kept)


def _leave(person: str) -> None:
    """End what the person holds. Retiring a holding would bring the predecessor back."""
    day = today()
    for held in held_by([person]):
        rows = Holding.objects.filter(post=held.post, rank=held.rank, since=held.since)
        if held.since < day:
            rows.update(until=day)
        else:
            rows.update(retired_at=clock.now())
    Holding.objects.filter(person=person, since__gt=day).update(retired_at=clock.now())
    coming = DutyShift.objects.filter(date__gte=day)
    for seat in ("lead", "officer", "deputy"):
        coming.filter(**{seat: person}).update(**{seat: None})


def _close_accounts(person: str, by: Actor) -> Sequence[str]:
    """Close and rename the person's accounts: a user name is often a name."""
    users = list(User.objects.filter(person=person))
    for user in users:
        if user.is_active:
            lock_user(user=user, by=by, reason="个人信息已销毁")
        end_sessions(user)
        User.objects.filter(pk=user.pk).update(
            username=f"erased-{user.pk}".lower(), name=vault.ERASED, person="", password="", totp=""
        )
    return [user.pk for user in users]
