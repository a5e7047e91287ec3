"""采信: a person has verified a message, and what it says of others counts from now on."""

from django.db import transaction

from anlan.base.journal.services import record_many
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import permit, prefixes
from anlan.base.regions import scope
from anlan.kernel import clock
from anlan.kernel.errors import Conflict, Forbidden
from anlan.warn.models import Received, Reference
from anlan.warn.selectors.rows import received_for
from anlan.warn.services.receiving import chaining, keeping
from anlan.warn.services.receiving.ledger import Sought, read_ledger
from anlan.warn.services.receiving.speaking import VOUCHED, counts, teller
from anlan.warn.services.telling import received_deed

ACTION = "alerts.relay"


def heed_received(*, received: str, by: Actor) -> None:
    """Let what a message says of earlier ones count, on one's own word (采信).

    Raises `Conflict` where nothing waits for that, `Forbidden` for who could not have relayed what
    it ends.
    """
    with transaction.atomic():
        row = received_for(received, by, lock=True)
        permit(by, ACTION, row.region_id)
        if not vouch(row, by):
            raise Conflict("这条预警没有等着采信的，请刷新后再看")


def vouch(row: Received, by: Actor, *, asked: bool = True) -> bool:
    """Let a message count, in the caller's transaction; tells whether anything depended on it.

    Who relays a message is not stopped by what it says of others (`asked`); it does not count then.
    """
    if row.action not in chaining.ENDS:
        return False
    references = tuple(Reference.objects.filter(received=row).values_list("identifier", flat=True))
    sought = Sought(row.identifier, references, row.words, row.hazard, row.sender, row.station)
    ledger = read_ledger([(sought, row.original.digest)])
    here = ledger.rows[row.pk]
    meant = chaining.meant_by(here, references, ledger)
    doubted = [one for one in meant if not counts(here, one)]
    beyond = [one for one in doubted if not _may_end(one, by)]
    if beyond and asked:
        raise Forbidden("您没有这项权限，或该地区不在您的管辖范围内。请联系安全管理员授权。")
    if beyond or not doubted:
        return False
    before = {pk: keeping.mark(one) for pk, one in ledger.rows.items()}
    here.tellers = [*here.tellers, teller(VOUCHED, by)]
    now = clock.now()
    chaining.link(here, references, ledger, now)
    chaining.follow(here, ledger, now)
    changed = [one for pk, one in ledger.rows.items() if keeping.mark(one) != before[pk]]
    keeping.store(changed)
    record_many([received_deed(here, "heeded", by, {"replaces": list(here.replaces)})])
    keeping.tell(keeping.Told((), changed, (), {here.pk}), by)
    row.refresh_from_db()
    return True


def _may_end(one: Received, by: Actor) -> bool:
    """Tell whether a message holds, in whole or in part, where somebody may relay."""
    mine = prefixes(by, ACTION)
    return any(
        scope.covers(prefix, code) or scope.covers(scope.prefix(code), scope.pad(prefix))
        for code in one.regions or [one.region_id]
        for prefix in mine
    )
