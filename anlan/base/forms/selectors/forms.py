"""Forms as lists and their own pages show them."""

from collections.abc import Collection
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from anlan import codes
from anlan.base.forms.models import Form, Round, Sheet
from anlan.base.forms.selectors.asking import debtors
from anlan.base.forms.states import SUBMITTED
from anlan.base.obligations.models import Obligation
from anlan.base.obligations.selectors import mine
from anlan.base.permissions import selectors as permissions
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import condition, may
from anlan.base.regions import selectors as regions
from anlan.kernel.errors import Missing

VIEW, DRAW, FILL = "forms.view", "forms.draw", "forms.fill"


def seen(actor: Actor) -> "QuerySet[Form]":
    """Narrow forms to those of the actor's regions, and those that ask a region of theirs."""
    forms = Form.objects.all()
    narrow = condition(actor, VIEW)
    if narrow is None:
        return forms
    asked = sheets_seen(actor).filter(round__form=OuterRef("pk"))
    return forms.filter(narrow | Q(Exists(asked))) if narrow else forms.none()


def sheets_seen(actor: Actor) -> "QuerySet[Sheet]":
    """Narrow sheets to those of the actor's regions."""
    narrow = condition(actor, VIEW)
    sheets = Sheet.objects.all()
    if narrow is None:
        return sheets
    return sheets.filter(narrow) if narrow else sheets.none()


def form_seen(actor: Actor, form: str) -> Form:
    """Find a form the actor may see; `Missing` else."""
    row = seen(actor).select_related("region").filter(pk=form).first()
    if row is None:
        raise Missing("没有这张报表")
    return row


def listed(actor: Actor, *, retired: bool = False) -> list[dict[str, Any]]:
    """List forms, newest first, with how far the newest round is and what waits for the asker."""
    found = list(
        seen(actor).filter(retired_at__isnull=not retired).select_related("region")
        .order_by("-changed_at", "-pk")[:200]
    )  # fmt: skip
    newest = {
        (one.form_id, one.number): one
        for one in Round.objects.filter(form__in=[f.pk for f in found])
    }
    rounds = [newest[form.pk, form.round] for form in found if form.round]
    counts = _counts(actor, [one.pk for one in rounds])
    waiting = _mine(actor, [one.pk for one in rounds])
    return [
        _row(form)
        | {
            "newest": None if not form.round
            else _round(newest[form.pk, form.round])
            | counts.get(newest[form.pk, form.round].pk, {"asked": 0, "told": 0})
            | {"mine": waiting.get(newest[form.pk, form.round].pk, [])}
        }
        for form in found
    ]  # fmt: skip


def _counts(actor: Actor, rounds: Collection[str]) -> dict[str, dict[str, int]]:
    """Count, of the sheets one may see, those asked and those told."""
    rows = sheets_seen(actor).filter(round__in=rounds).order_by().values("round")
    counted = rows.annotate(asked=Count("pk"), told=Count("pk", filter=Q(state=SUBMITTED)))
    return {row["round"]: {"asked": row["asked"], "told": row["told"]} for row in counted}


def _mine(actor: Actor, rounds: Collection[str]) -> dict[str, list[dict[str, Any]]]:
    """List the sheets of rounds that the actor's own posts owe, and have not submitted."""
    owed = Obligation.objects.filter(mine(actor), kind="form", closed_at=None)
    rows = Sheet.objects.filter(round__in=rounds, obligation__in=owed.values("pk"))
    found: dict[str, list[dict[str, Any]]] = {}
    for pk, round_, name in rows.values_list("pk", "round_id", "region__name").order_by(
        "region_id"
    ):
        found.setdefault(round_, []).append({"sheet": pk, "region_name": name})
    return found


def form_told(actor: Actor, form: str) -> dict[str, Any]:
    """Read one form: what it asks, of whom, its rounds, what the actor may do with it."""
    row = form_seen(actor, form)
    rounds = rounds_seen(actor, row)
    names = permissions.names_of({row.made_by, row.scheduled_by} - {""})
    asked = regions.names(row.asked)
    return _row(row) | {
        "note": row.note, "columns": row.columns, "role": row.role,
        "role_label": codes.table("posts").name(row.role) if row.role else "",
        "asked": [{"code": code, "name": asked.get(code, code)} for code in row.asked]
        if may(actor, VIEW, row.region_id) else [],
        "sums_first": row.sums_first, "schedule": row.schedule,
        "made_at": row.made_at, "made_by_name": names.get(row.made_by, ""),
        "scheduled_by_name": names.get(row.scheduled_by, ""),
        "rounds": rounds, "verbs": _verbs(actor, row, rounds),
        "without_post": _without_post(actor, row),
    }  # fmt: skip


def rounds_seen(actor: Actor, form: Form) -> list[dict[str, Any]]:
    """List a form's rounds, newest first, with how many of the sheets one may see are in."""
    rounds = list(form.rounds.order_by("-number")[:100])
    counts = _counts(actor, [one.pk for one in rounds])
    return [_round(one) | counts[one.pk] for one in rounds if one.pk in counts]


def _without_post(actor: Actor, form: Form) -> int:
    """Count the regions asked that have no post to fill in, before a round finds out."""
    if not may(actor, DRAW, form.region_id):
        return 0
    return len(set(form.asked) - debtors(form.asked, form.role).keys())


def _verbs(actor: Actor, form: Form, rounds: list[dict[str, Any]]) -> list[str]:
    """List what the actor may do with a form now."""
    if form.retired_at is not None or not may(actor, DRAW, form.region_id):
        return []
    is_open = bool(rounds) and rounds[0]["closed_at"] is None
    offered = {
        "open": True, "change": True, "schedule": True, "stop": form.next_at is not None,
        "close": is_open, "retire": True,
    }  # fmt: skip
    return [verb for verb, is_offered in offered.items() if is_offered]


def _row(form: Form) -> dict[str, Any]:
    return {
        "id": form.pk, "title": form.title, "region": form.region_id,
        "region_name": form.region.name, "case": form.case, "rows": form.rows,
        "round": form.round, "next_at": form.next_at, "answer_minutes": form.answer_minutes,
        "changed_at": form.changed_at, "retired_at": form.retired_at, "version": form.version,
    }  # fmt: skip


def _round(round_: Round) -> dict[str, Any]:
    return {
        "id": round_.pk, "number": round_.number, "as_of": round_.as_of,
        "opened_at": round_.opened_at, "due_at": round_.due_at, "closed_at": round_.closed_at,
        "scheduled": round_.slot is not None,
    }  # fmt: skip


def roles_offered() -> list[dict[str, str]]:
    """List the roles a form may ask, as the posts' code table has them."""
    return [
        {"code": row.code, "name": row.name, "name_en": row.name_en} for row in codes.table("posts")
    ]
