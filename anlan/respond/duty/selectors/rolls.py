"""Roll calls and who answered, by region."""

from typing import Any

from django.db.models import Q

from anlan.base.obligations.models import Obligation, Step
from anlan.base.people import selectors as people
from anlan.base.permissions import selectors as permissions
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may, visible
from anlan.base.regions import selectors as regions
from anlan.base.regions.models import Level
from anlan.kernel import clock
from anlan.kernel.errors import Missing
from anlan.respond.duty.models import RollCall

VIEW = "roll-calls.view"
KIND = "roll-call"
SIZE = 50
STATES = ("in-time", "late", "silent", "waiting")


def page(actor: Actor) -> dict[str, Any]:
    """List the latest roll calls with how many answered."""
    # Of a schedule only what came is shown: nobody is to know the moment before.
    shown = RollCall.objects.filter(Q(plan=None) | Q(called_at__isnull=False) | ~Q(trouble=""))
    seen = visible(shown, actor, VIEW).select_related("plan")
    rows = list(seen.order_by("-made_at", "-pk")[:SIZE])
    names = permissions.names_of({row.by for row in rows})
    places = regions.names({row.region_id for row in rows})
    owed = _owed([row.pk for row in rows])
    return {
        "items": [_row(row, owed.get(row.pk, []), names, places) for row in rows],
        "as_of": clock.now(), "may_send": may(actor, "roll-calls.send"),
    }  # fmt: skip


def one(actor: Actor, roll: str) -> dict[str, Any]:
    """Read one roll call: every room asked, who sat there, when they answered, what they said."""
    row = RollCall.objects.select_related("plan").filter(pk=roll).first()
    if row is None or not may(actor, VIEW, row.region_id):
        raise Missing("没有这次点名")
    owed = _owed([row.pk]).get(row.pk, [])
    names = permissions.names_of({row.by})
    places = regions.names({row.region_id, *row.without, *(one.region_id for one in owed)})
    holders = people.holders_of([one.debtor_id for one in owed])
    said = dict(
        Step.objects.filter(obligation__in=owed, verb="answer")
        .order_by("id")
        .values_list("obligation_id", "answers")
    )
    told = _row(row, owed, names, places)
    told["rooms"] = [
        {
            "obligation": one.pk, "region": one.region_id,
            "region_name": places.get(one.region_id, one.region_id), "post": one.debtor.title,
            "holders": [held["name"] for held in holders.get(one.debtor_id, [])],
            "state": _state(one), "answered_at": one.answered_at,
            "said": said.get(one.pk, {}).get("there", ""),
        }
        for one in sorted(owed, key=lambda one: (STATES[::-1].index(_state(one)), one.region_id))
    ]  # fmt: skip
    told["without"] = [
        {"region": code, "region_name": places.get(code, code)} for code in row.without
    ]
    return told


def _owed(rolls: list[str]) -> dict[str, list[Obligation]]:
    found: dict[str, list[Obligation]] = {}
    rows = Obligation.objects.filter(subject_kind=KIND, subject__in=rolls, kind=KIND)
    for one in rows.select_related("debtor"):
        found.setdefault(one.subject, []).append(one)
    return found


def _state(one: Obligation) -> str:
    """Tell how a room answered; what is still within its minutes is neither good nor bad."""
    due = one.answer_due
    if one.answered_at is not None:
        return "late" if due is not None and one.answered_at > due else "in-time"
    return "silent" if due is not None and due <= clock.now() else "waiting"


def _row(
    row: RollCall, owed: list[Obligation], names: dict[str, str], places: dict[str, str]
) -> dict[str, Any]:
    states = [_state(one) for one in owed]
    return {
        "id": row.pk, "region": row.region_id,
        "region_name": places.get(row.region_id, row.region_id), "level": row.level,
        "level_label": Level(row.level).label, "sample": row.sample, "minutes": row.minutes,
        "by_name": names.get(row.by, row.by), "made_at": row.made_at,
        "planned_from": row.planned_from, "planned_to": row.planned_to,
        "called_at": row.called_at, "trouble": row.trouble,
        "plan": row.plan_id, "plan_title": row.plan.title if row.plan else "", "asked": len(owed),
        "counts": {state: states.count(state) for state in STATES},
        "gaps": len(row.without),
    }  # fmt: skip
