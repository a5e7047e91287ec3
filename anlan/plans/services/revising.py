"""A plan is asked to say something else for what was learnt; its keeper changes the words."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from django.db import IntegrityError, transaction

from anlan.base.journal.services.recording import record
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import permit
from anlan.kernel import clock
from anlan.kernel.errors import Conflict, Missing
from anlan.plans import deed_names
from anlan.plans.models import Plan, PlanVersion
from anlan.plans.states import APPROVED


@dataclass(frozen=True, kw_only=True)
class Cited:
    """What asks for a revision: a lesson of a review, in words, about a step where it is one."""

    kind: str
    id: str
    text: str
    step: str = ""


def propose_revision(*, plan: str, cited: Sequence[Cited], by: Actor) -> int:
    """Cite what asks for a revision in the next version of a plan; returns that one's number.

    The next version is a draft that says what the newest says until its keeper changes it; where
    one is on its way already, that one takes the words on. Cited twice it stands there once. In the
    caller's transaction, who has asked for the right to write what is cited.
    """
    row = Plan.objects.select_for_update().filter(pk=plan, retired_at=None).first()
    if row is None:
        raise Missing("没有这份预案，或已经废止")
    permit(by, "plans.view", row.region_id)
    newest = row.versions.select_for_update().get(number=row.version)
    version = _next(row, newest, by) if newest.state == APPROVED else newest
    known = {(one["kind"], one["id"]) for one in version.cites}
    new = [one for one in cited if (one.kind, one.id) not in known]
    if new:
        now = clock.now().isoformat()
        version.cites = [*version.cites, *({**asdict(one), "at": now, "by": by.ref} for one in new)]
        version.save(update_fields=["cites"])
        record(
            deed=deed_names.PLAN["asked"], by=by, subject=(deed_names.SUBJECT, row.pk),
            region=row.region_id, topic=deed_names.TOPIC,
            facts={"code": row.code, "version": version.number,
                   "cites": [[one.kind, one.id] for one in new]},
        )  # fmt: skip
    return version.number


def _next(row: Plan, newest: PlanVersion, by: Actor) -> PlanVersion:
    row.version, row.changed_at = newest.number + 1, clock.now()
    row.save(update_fields=["version", "changed_at"])
    made = PlanVersion(
        plan=row, number=row.version, spec=newest.spec, digest=newest.digest,
        drafted_at=clock.now(), drafted_by=by.ref,
    )  # fmt: skip
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict("这份预案刚被别人改过，请核对后再存") from error
    return made
