"""Deeds on cases: open once, merge, close."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from anlan.base.cases.models import Case
from anlan.base.cases.selectors import members, root_of
from anlan.base.db.inserting import insert_rows
from anlan.base.journal.deeds import name_deed
from anlan.base.journal.services import Deed, record, record_many
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import permit
from anlan.base.vault import services as vault
from anlan.kernel import clock
from anlan.kernel.errors import Conflict, Missing
from anlan.kernel.ids import new_id

OPENED = name_deed("case.opened", "立案", "Opened a case")
MERGED = name_deed("case.merged", "并案", "Merged a case")
ERASED = name_deed("case.erased", "销毁个人信息", "Erased personal data")
CLOSED = name_deed("case.closed", "结案", "Closed a case")


def open_case(
    *, hazard: str, region: str, title: str, by: Actor, parent: str | None = None, key: str = ""
) -> str:
    """Mint a case and return its id; with a `key`, an open case of that key is returned instead.

    Where the open case of the key was merged into another, the id of that other one is returned, so
    that late facts of a matter join the rest.
    """
    with transaction.atomic():
        found = _open_of(key)
        if found:
            return root_of(found)
        case = Case(
            key=key, hazard=hazard, region_id=region, title=title, opened_at=clock.now(),
            parent_id=root_of(parent) if parent else None,
        )  # fmt: skip
        try:
            with transaction.atomic():
                case.save(force_insert=True)
        except IntegrityError:
            found = _open_of(key)
            if not found:
                raise
            return root_of(found)
        record(
            deed=OPENED, by=by, subject=("case", case.pk), region=region, case=case.pk,
            facts={"hazard": hazard, "title": title, "parent": case.parent_id or ""},
        )  # fmt: skip
    return case.pk


@dataclass(frozen=True, kw_only=True)
class Matter:
    """What a new case is about.

    `id` is the id to give it, for who sealed words for it before it was opened; `parent` is a case
    that it is known to be part of.
    """

    hazard: str
    region: str
    title: str
    id: str = ""
    parent: str = ""


def open_cases(*, matters: Sequence[Matter], by: Actor) -> list[str]:
    """Mint a case for each matter, all of them new, in a few statements; returns their ids.

    Whoever calls knows that none of the matters has a case yet.
    """
    now = clock.now()
    cases = [
        Case(
            id=one.id or new_id(), hazard=one.hazard, region_id=one.region, title=one.title,
            opened_at=now, parent_id=root_of(one.parent) if one.parent else None,
        )
        for one in matters
    ]  # fmt: skip
    with transaction.atomic():
        insert_rows(cases)
        record_many(
            [
                Deed(
                    deed=OPENED, by=by, subject=("case", case.pk), region=case.region_id,
                    case=case.pk,
                    facts={
                        "hazard": case.hazard, "title": case.title, "parent": case.parent_id or "",
                    },
                )
                for case in cases
            ]
        )  # fmt: skip
    return [case.pk for case in cases]


def _open_of(key: str) -> str:
    if not key:
        return ""
    return Case.objects.filter(key=key, closed_at=None).values_list("pk", flat=True).first() or ""


def merge_case(*, case: str, into: str, by: Actor) -> str:
    """Make a case part of another; returns the id of the case that stays."""
    with transaction.atomic():
        here, there = _get(case), _get(root_of(into))
        if here.pk == there.pk or there.pk in members(here.pk):
            raise Conflict("不能把事件并入它自己或它的下级")
        Case.objects.filter(pk=here.pk).update(parent=there)
        record(
            deed=MERGED, by=by, subject=("case", here.pk), region=here.region_id, case=here.pk,
            facts={"into": there.pk},
        )  # fmt: skip
    return there.pk


def close_case(*, case: str, by: Actor) -> None:
    """Close a case; `Conflict` when it is closed already."""
    with transaction.atomic():
        here = _get(case)
        if not Case.objects.filter(pk=case, closed_at=None).update(closed_at=clock.now()):
            raise Conflict("这个事件已经结束")
        record(deed=CLOSED, by=by, subject=("case", case), region=here.region_id, case=case)


def _get(case: str) -> Case:
    found = Case.objects.filter(pk=case).first()
    if found is None:
        raise Missing("没有这个事件")
    return found


def erase_case(*, case: str, by: Actor) -> int:
    """Destroy the keys of a case and of all merged into it: texts sealed for them are gone.

    What happened stays in the journal by ids and digests. Returns how many keys went.
    """
    with transaction.atomic():
        here = _get(case)
        permit(by, "cases.erase", here.region_id)
        cases = members(case)
        keys = vault.destroy(cases, by=by)
        record(
            deed=ERASED, by=by, subject=("case", case), region=here.region_id, case=case,
            facts={"keys": keys, "cases": cases},
        )  # fmt: skip
    return keys
