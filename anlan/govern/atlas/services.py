"""Deeds on the map: views saved, numbers shown while people are called."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qsl

from django.db import transaction
from django.db.models import Min

from anlan.base.db.among import among
from anlan.base.journal import selectors as journal
from anlan.base.journal.services.recording import Deed, record, record_many
from anlan.base.obligations.models import Obligation
from anlan.base.people.models import Phone
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may, permit
from anlan.base.vault.services import open_many
from anlan.govern.atlas import deed_names
from anlan.govern.atlas.models import SavedView
from anlan.kernel import clock
from anlan.kernel.errors import Forbidden, Invalid, Missing
from anlan.warn.callrules import KIND

SAVE: Final = "map-views.save"
LONGEST_NAME, LONGEST_QUERY = 60, 2000
#: More of their own nobody finds again.
MOST: Final = 100
UNMASK: Final = "phones.unmask"
#: As the register of telephones notes that one was shown.
SHOWN: Final = "phones.unmasked"
WHY: Final = "叫应期间在一张图上显示"
#: What a view may say; nothing else of an address is kept.
KNOWN: Final = frozenset(("c", "z", "on", "base", "datum", "t", "than", "grid", "run"))


def save_view(*, name: str, query: str, shared: bool, by: Actor) -> str:
    """Save a view under a name; one of the same name is replaced. Returns its id."""
    permit(by, SAVE)
    if not by.user_id:
        raise Forbidden("只有本人登录后才能保存视图")
    called = _checked(name, query)
    with transaction.atomic():
        old = SavedView.objects.select_for_update().filter(owner=by.user_id, name=called).first()
        if old is None and SavedView.objects.filter(owner=by.user_id).count() >= MOST:
            raise Invalid(f"每人最多保存 {MOST} 个视图，请先删去不用的")
        row = old or SavedView(owner_id=by.user_id, name=called)
        row.query, row.shared, row.saved_at = query, shared, clock.now()
        row.region_id = by.region or None
        row.save()
        _note(row, "saved", by)
    return row.pk


def remove_view(*, view: str, by: Actor) -> None:
    """Remove a view; only its owner may."""
    permit(by, SAVE)
    with transaction.atomic():
        row = SavedView.objects.select_for_update().filter(pk=view, owner=by.user_id).first()
        if row is None:
            raise Missing("没有这个视图，或者不是您保存的")
        _note(row, "removed", by)
        row.delete()


def _checked(name: str, query: str) -> str:
    called = name.strip()
    if not called or len(called) > LONGEST_NAME:
        why = f"请写名称，不超过 {LONGEST_NAME} 字"
        raise Invalid(why, errors={"name": [why]})
    keys = {key for key, _ in parse_qsl(query, keep_blank_values=True)}
    if len(query) > LONGEST_QUERY or not keys or keys - KNOWN:
        raise Invalid("这不是一张图的视图", errors={"query": ["不是视图"]})
    return called


def _note(row: SavedView, deed: str, by: Actor) -> None:
    record(
        deed=deed_names.VIEW[deed], by=by, subject=(deed_names.SUBJECT, row.pk),
        region=row.region_id or "", facts={"shared": row.shared},
    )  # fmt: skip


def show_called(*, responsible: Sequence[dict[str, Any]], by: Actor) -> dict[str, str]:
    """Tell in clear the numbers of those who answer for a region where a call runs.

    Only to whom they may be shown. That they were is noted once for each number and call, however
    often the place is looked at.

    Parameters
    ----------
    responsible : as `selectors.here.responsible` lists them.

    Returns
    -------
    Number by id of the telephone; nothing where nobody is called.
    """
    asked = {
        one["phone"]["id"]: one["region"]
        for one in responsible
        if one["phone"] and may(by, UNMASK, one["region"])
    }
    calls = _called(set(asked.values())) if asked else {}
    wanted = {pk: region for pk, region in asked.items() if region in calls}
    if not wanted:
        return {}
    with transaction.atomic():
        before = _noted(wanted, calls, by)
        record_many([
            Deed(
                deed=SHOWN, by=by, subject=("phones", pk), region=region,
                facts={"columns": ["number"], "reason": WHY},
            )
            for pk, region in wanted.items()
            if pk not in before
        ])  # fmt: skip
    rows = list(Phone.objects.filter(among("pk", list(wanted))).values_list("pk", "number"))
    opened = open_many([(pk, {"": number}) for pk, number in rows])
    return {pk: texts[""] for (pk, _), texts in zip(rows, opened, strict=True) if texts[""]}


def _called(regions: set[str]) -> dict[str, datetime]:
    """Tell in which of these regions somebody is being called, and since when."""
    rows = Obligation.objects.filter(kind=KIND, closed_at=None, region__in=regions).order_by()
    return dict(rows.values_list("region").annotate(since=Min("issued_at")))


def _noted(wanted: dict[str, str], calls: dict[str, datetime], by: Actor) -> set[str]:
    """List the telephones whose showing was noted since their region's call began."""
    rows = journal.entries().filter(
        among("subject", list(wanted)), subject_kind="phones", deed=SHOWN, by=by.ref,
        at__gte=min(calls[region] for region in wanted.values()),
    )  # fmt: skip
    return {pk for pk, at in rows.values_list("subject", "at") if at >= calls[wanted[pk]]}
