"""Destroying what is known of residents, households, and whoever else has a key of their own."""

from typing import Any

from django.db import transaction
from django.db.models import F

from anlan.base.files.services import destroy_files
from anlan.base.households.models import Household, Resident
from anlan.base.journal.services import record
from anlan.base.people.models import Person
from anlan.base.people.services import erase_person
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import permit
from anlan.base.register.registry import REGISTERS, Register
from anlan.base.register.sealing import index_rows, open_rows, seal_rows, sealed_columns
from anlan.base.vault import services as vault
from anlan.kernel import clock
from anlan.kernel.errors import Missing
from anlan.kernel.ids import new_id

#: The relation of the head of a household (table kinships).
HEAD = "self"
#: What of a household is its head's alone.
OF_HEAD = frozenset(("head", "phone"))


def erase(*, subject: str, by: Actor) -> int:
    """Destroy the personal data kept under an id, whatever register it is in; returns keys gone.

    Persons who serve, residents, households, and single values in other registers (a skipper, a
    contact). Raises `Missing` when no register has such a row.
    """
    if Person.objects.filter(pk=subject).exists():
        return erase_person(person=subject, by=by)
    if Resident.objects.filter(pk=subject).exists():
        return erase_resident(resident=subject, by=by)
    if Household.objects.filter(pk=subject).exists():
        return erase_household(household=subject, by=by)
    for entry in REGISTERS.values():
        if sealed_columns(entry) and entry.model._default_manager.filter(pk=subject).exists():
            return _erase_values(entry, subject, by)
    raise Missing(f"没有编号为 {subject} 的人员、居民或住户")


def erase_resident(*, resident: str, by: Actor) -> int:
    """Destroy a resident's key; of a head of household also what the household's row tells."""
    with transaction.atomic():
        row = Resident.objects.filter(pk=resident).first()
        if row is None:
            raise Missing("没有这个居民")
        permit(by, "residents.erase", row.region_id)
        keys = vault.destroy([resident], by=by)
        if row.relation == HEAD:
            keys += _reseal(row.household_id, by)
        Resident.objects.filter(pk=resident).update(
            sex="", birth_year=None, relation="", groups=[], **_marks(by)
        )
        _note("residents", resident, row.region_id, keys, by)
    return keys


def erase_household(*, household: str, by: Actor) -> int:
    """Destroy a household's key and those of all its residents."""
    with transaction.atomic():
        row = Household.objects.filter(pk=household).first()
        if row is None:
            raise Missing("没有这个住户")
        permit(by, "households.erase", row.region_id)
        people = list(
            Resident.objects.filter(household=household, erased_at=None).values_list(
                "pk", flat=True
            )
        )
        keys = vault.destroy([row.seal], by=by)
        Household.objects.filter(pk=household).update(lon=None, lat=None, cell=None, **_marks(by))
        for resident in people:
            keys += vault.destroy([resident], by=by)
            Resident.objects.filter(pk=resident).update(
                sex="", birth_year=None, relation="", groups=[], **_marks(by)
            )
            _note("residents", resident, row.region_id, 1, by)
        _note("households", household, row.region_id, keys, by)
    return keys


def _marks(by: Actor) -> dict[str, Any]:
    now = clock.now()
    return {
        "erased_at": now, "retired_at": now, "changed_at": now, "changed_by": by.ref,
        "version": F("version") + 1,
    }  # fmt: skip


def _note(key: str, subject: str, region: str, keys: int, by: Actor) -> None:
    files = destroy_files(subject_kind=key, subjects=[subject])
    record(
        deed=f"{key}.erased", by=by, subject=(key, subject), region=region,
        facts={"keys": keys, "files": files},
    )  # fmt: skip


def _reseal(household: str, by: Actor) -> int:
    """Destroy a household's key and seal what is not its head's alone with a new one."""
    entry = REGISTERS["households"]
    row = Household.objects.get(pk=household)
    names = {column.attname for column in sealed_columns(entry)}
    kept = {
        name: text
        for name, text in open_rows(entry, [row], names)[0].items()
        if text and name not in OF_HEAD
    }
    keys = vault.destroy([row.seal], by=by)
    row.seal = new_id()
    for name in names:
        setattr(row, name, "")
    seal_rows(entry, [(row, kept)])
    row.save(update_fields=["seal", *names])
    index_rows(entry, [(row, kept)])
    return keys


def _erase_values(entry: Register, subject: str, by: Actor) -> int:
    """Destroy the personal values of a row that is no person (a vessel's skipper); it stays."""
    with transaction.atomic():
        row = entry.model._default_manager.get(pk=subject)
        permit(by, entry.action("erase"), row.region_id)
        keys = vault.destroy([subject], by=by)
        _note(entry.key, subject, str(row.region_id), keys, by)
    return keys
