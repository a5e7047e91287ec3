"""Asking for a pack and making it: in the background, so that no start waits for it."""

from django.db import IntegrityError, transaction
from django.db.models import Max

from anlan.base.files import store
from anlan.base.jobs.registry import JobContext
from anlan.base.jobs.services import enqueue
from anlan.base.journal.services import record
from anlan.base.obligations import services as obligations
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may, permit
from anlan.base.vault import services as vault
from anlan.kernel import clock
from anlan.kernel.errors import Conflict, Missing
from anlan.respond.papers import deed_names
from anlan.respond.papers.models import Pack
from anlan.respond.papers.selectors.composing import compose
from anlan.respond.papers.states import MAKE, PRESS, PRINT
from anlan.respond.responses.models import Response
from anlan.sense.selectors.debtors import Place, debtors


def ask_pack(*, response: str, why: str = PRESS, once: str | None = None, by: Actor) -> str:
    """Ask for a pack of a running response; returns its id, the old one's when `once` was asked.

    Whoever keeps the watch owes the printing from here on, so that a pack that never comes is
    asked after as well. What was owed of an earlier pack of the response is owed of this one.
    """
    row = Response.objects.select_related("region").filter(pk=response).first()
    if row is None or not may(by, "papers.view", row.region_id):
        raise Missing("没有这个响应")
    permit(by, "papers.make", row.region_id)
    known = Pack.objects.filter(once=once).first() if once else None
    if known is not None:
        return known.pk
    if row.ended_at is not None:
        raise Conflict("这个响应已经结束，不再生成纸质包")
    try:
        with transaction.atomic():
            pack = _begin(row, why, once, by)
    except IntegrityError as error:
        raise Conflict("刚有人要求生成，请看最新的一个") from error
    return pack.pk


def _begin(row: Response, why: str, once: str | None, by: Actor) -> Pack:
    earlier = list(Pack.objects.filter(response=row).values_list("pk", flat=True))
    last = Pack.objects.filter(response=row).aggregate(last=Max("number"))["last"] or 0
    pack = Pack(
        response=row, region_id=row.region_id, case=row.case, number=last + 1, why=why,
        stage_title=row.stage_title, once=once, asked_at=clock.now(), asked_by=by.ref,
    )  # fmt: skip
    pack.job = enqueue(MAKE, {"pack": pack.pk}, by=by, unique=pack.pk)
    pack.save(force_insert=True)
    note(pack, "asked", by, {"response": row.pk, "number": pack.number, "why": why})
    obligations.settle(
        kind=PRINT, subjects=[(deed_names.PACK, one) for one in earlier], by=by, done=False
    )
    _owe_printing(pack, by)
    return pack


def _owe_printing(pack: Pack, by: Actor) -> None:
    watch = debtors({Place(pack.region_id, "")})
    for post in watch.values():
        debt = obligations.Debt(
            kind=PRINT, title=f"打印纸质包：{pack.stage_title}（第{pack.number}号）"[:200],
            debtor=post, region=pack.region_id, subject=(deed_names.PACK, pack.pk),
            case=pack.case, once=f"{PRINT}:{pack.pk}",
        )  # fmt: skip
        obligations.owe_many(debts=[debt], by=by, start=True)


def make_pack(*, pack: str, context: JobContext, by: Actor) -> dict[str, int]:
    """Make a pack that was asked for; made twice it is the first one. Returns what is in it."""
    row = Pack.objects.select_related("response__region").filter(pk=pack).first()
    if row is None or row.made_at is not None:
        return {}
    made = compose(row, context.progress)
    with transaction.atomic():
        sealed = vault.seal_bytes(row.pk, made.content)
        changed = Pack.objects.filter(pk=pack, made_at=None).update(
            made_at=clock.now(), digest=store.digest(made.content), sm3=store.put(sealed),
            size=len(made.content), counts=made.counts, named=" ".join(sorted(made.named)),
        )  # fmt: skip
        if changed:
            row.refresh_from_db()
            note(row, "made", by, {"sm3": row.digest, "size": row.size, **made.counts})
    return made.counts


def note(pack: Pack, verb: str, by: Actor, facts: dict[str, object]) -> None:
    """Journal a deed on a pack."""
    record(
        deed=deed_names.DEEDS[verb], by=by, subject=(deed_names.PACK, pack.pk),
        region=pack.region_id, case=pack.case, facts=facts, topic=deed_names.TOPIC,
    )  # fmt: skip
