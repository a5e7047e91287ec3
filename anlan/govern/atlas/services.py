"""Deeds on saved views."""

from typing import Final
from urllib.parse import parse_qsl

from django.db import transaction

from anlan.base.journal.services.recording import record
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import permit
from anlan.govern.atlas import deed_names
from anlan.govern.atlas.models import SavedView
from anlan.kernel import clock
from anlan.kernel.errors import Forbidden, Invalid, Missing

SAVE: Final = "map-views.save"
LONGEST_NAME, LONGEST_QUERY = 60, 2000
#: More of their own nobody finds again.
MOST: Final = 100
#: What a view may say; nothing else of an address is kept.
KNOWN: Final = frozenset(("c", "z", "on", "base", "datum", "t", "than", "run"))


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
