"""Taking messages in: read, placed, recognised, chained, kept; durable when it returns."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import IntegrityError, transaction

from anlan.base.db.inserting import insert_rows, insert_values
from anlan.base.journal.canonical import sm3
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may, permit, prefixes
from anlan.base.regions import scope
from anlan.kernel import clock, workspace
from anlan.kernel.errors import AnlanError, Conflict, Forbidden
from anlan.kernel.ids import new_id
from anlan.protocols.alerting.message import AlertMessage, Unreadable
from anlan.protocols.alerting.reading import read_alert
from anlan.protocols.alerting.signing import State
from anlan.warn.models import Arrival, Original, Received, Reference
from anlan.warn.reading import Parsed, judged_as, take
from anlan.warn.selectors.areas import Cover, Ground, cover, present
from anlan.warn.services.receiving import chaining, completing, keeping, speaking
from anlan.warn.services.receiving.ledger import Ledger, read_ledger, says_the_same
from anlan.warn.trust import judge

ACTION = "alerts.receive"
#: Messages of one transaction: some tens of milliseconds.
BATCH = 50
TRIES = 3


@dataclass(frozen=True, kw_only=True)
class Inbound:
    """Bytes at the door, and the way they came."""

    original: bytes
    content_type: str = ""
    #: push | poll | paste | manual
    way: str = "push"
    source: str = ""
    #: What an officer confirmed, where the bytes alone are not enough (a pasted text).
    message: AlertMessage | None = None


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What became of one message."""

    #: Id of the row; "" when it was refused.
    received: str = ""
    #: Whether it had come before, by this way or another.
    again: bool = False
    refusal: AnlanError | None = None


@dataclass(frozen=True)
class Refusal:
    """A message that could not be read, or is for regions of others alone."""

    inbound: Inbound
    why: Unreadable | Forbidden
    #: The region whose people see it.
    home: str


@dataclass(frozen=True)
class Read:
    """A message that could be read, ready to be kept."""

    inbound: Inbound
    parsed: Parsed
    cover: Cover
    digest: str


@dataclass
class _Batch:
    """What one transaction writes."""

    now: datetime
    by: Actor
    ledger: Ledger
    originals: dict[str, Original] = field(default_factory=dict)
    fresh: list[Received] = field(default_factory=list)
    #: Of a new row: its id, an identifier it refers to.
    references: list[tuple[str, str]] = field(default_factory=list)
    arrivals: list[Arrival] = field(default_factory=list)
    #: Ids of rows that were here already and end others now, as one more has told the same.
    spoke: set[str] = field(default_factory=set)
    #: Rows that were here already and have an area of ours only now.
    placed: list[Received] = field(default_factory=list)


def receive_alert(
    *, original: bytes, content_type: str = "", way: str = "push", source: str = "", by: Actor
) -> str:
    """Take one message in; returns its id, the first one's when it had come before.

    Raises `Unreadable`, naming the element, for what cannot be read (it is kept as refused, for
    people to see), `Forbidden` for a message that is for regions of others alone.
    """
    inbound = Inbound(original=original, content_type=content_type, way=way, source=source)
    taken = receive_alerts(items=[inbound], by=by)[0]
    if taken.refusal is not None:
        raise taken.refusal
    return taken.received


def receive_alerts(*, items: Sequence[Inbound], by: Actor) -> list[Taken]:
    """Take messages in, many at a time as polling brings them; tells what became of each.

    One that cannot be read harms no other. Told again, everything is as it was.
    """
    return keep_read(items=read_alerts(items=items, by=by), by=by)


def read_alerts(*, items: Sequence[Inbound], by: Actor) -> list[Read | Refusal]:
    """Read messages and find where they hold; nothing is written yet."""
    permit(by, ACTION)
    ground = present()
    if not ground.top:
        raise Conflict("还没有行政区划，请先导入区划代码，再接收预警")
    return [_read_or_refuse(item, ground, by) for item in items]


def keep_read(*, items: Sequence[Read | Refusal], by: Actor) -> list[Taken]:
    """Keep messages that were read, and those that could not be; tells what became of each."""
    found: dict[int, Taken] = {}
    read: list[tuple[int, Read]] = []
    for place, one in enumerate(items):
        if isinstance(one, Read):
            read.append((place, one))
            continue
        if isinstance(one.why, Unreadable):
            keeping.keep_refused(one.inbound, one.why, one.home, by)
        found[place] = Taken(refusal=one.why)
    # In the order they were sent, so that an update finds what it updates.
    read.sort(key=lambda one: (one[1].parsed.sent_at, one[0]))
    for start in range(0, len(read), BATCH):
        part = read[start : start + BATCH]
        for (place, _), taken in zip(part, _keep([one for _, one in part], by), strict=True):
            found[place] = taken
    return [found[place] for place in range(len(items))]


def _read_or_refuse(item: Inbound, ground: Ground, by: Actor) -> Read | Refusal:
    try:
        return _read(item, ground, by)
    except (Unreadable, Forbidden) as why:
        return Refusal(item, why, _home(by, ground.top))


def _read(item: Inbound, ground: Ground, by: Actor) -> Read:
    if len(item.original) > keeping.LARGEST:
        raise Unreadable(f"报文超过 {keeping.LARGEST // 1024 // 1024} MB，只保留开头一段")
    message = item.message or read_alert(item.original, content_type=item.content_type)
    now = clock.now()
    parsed = take(message, now)
    if message.signed:
        parsed = judged_as(parsed, judge(item.original, now))
    covered = cover(parsed.areas, ground)
    if covered.regions and not any(_meets(by, code) for code in covered.regions):
        raise Forbidden("您没有这项权限，或该地区不在您的管辖范围内。请联系安全管理员授权。")
    return Read(item, parsed, covered, sm3(item.original).hex())


def _home(by: Actor, top: str) -> str:
    """Name the region whose people see what this actor's messages were refused for."""
    return by.region if by.region and may(by, ACTION, by.region) else top


def _meets(by: Actor, code: str) -> bool:
    """Tell whether a region is the actor's own to hand in messages for, in whole or in part."""
    held = scope.prefix(code)
    mine = prefixes(by, ACTION)
    return any(scope.covers(one, code) or scope.covers(held, scope.pad(one)) for one in mine)


def _keep(part: Sequence[Read], by: Actor) -> list[Taken]:
    for _ in range(TRIES):
        try:
            with transaction.atomic():
                return _write(part, by)
        except IntegrityError:
            continue  # somebody else took one of them in meanwhile; now it is found
    raise Conflict("同时有人在接收同一批预警，请稍后再试")


def _write(part: Sequence[Read], by: Actor) -> list[Taken]:
    ledger = read_ledger([(one.parsed, one.digest) for one in part])
    batch = _Batch(clock.now(), by, ledger, originals=dict(ledger.originals))
    before = {pk: keeping.mark(row) for pk, row in ledger.rows.items()}
    taken = [_take(one, batch) for one in part]
    keeping.give_cases(batch.fresh, by)
    insert_rows([one for digest, one in batch.originals.items() if digest not in ledger.originals])
    insert_rows(batch.fresh)
    insert_values(Reference, ("received_id", "identifier"), batch.references)
    insert_rows(batch.arrivals)
    changed = [
        row for pk, row in ledger.rows.items() if pk in before and keeping.mark(row) != before[pk]
    ]
    keeping.store(changed)
    stood = [row for row in changed if row.state == "standing" != before[row.pk][0]]
    told = keeping.Told(batch.fresh, changed, batch.arrivals, batch.spoke, batch.placed, stood)
    keeping.tell(told, by)
    return taken


def _take(one: Read, batch: _Batch) -> Taken:
    original = batch.originals.get(one.digest)
    if original is None:
        original = batch.originals[one.digest] = Original(
            digest=one.digest, content_type=one.inbound.content_type[:100],
            size=len(one.inbound.original), body=one.inbound.original, at=batch.now,
        )  # fmt: skip
    teller = speaking.teller(one.inbound.way, batch.by)
    same = batch.ledger.same_as(one.parsed, one.digest, teller)
    row = same or _fresh(one, original, teller, batch)
    if same is not None:
        _hear_again(row, one, teller, batch)
    _arrive(row, one, original, batch)
    return Taken(received=row.pk, again=same is not None)


def _hear_again(row: Received, one: Read, teller: str, batch: _Batch) -> None:
    """Take from a later copy what is new in it, and who tells the same now."""
    parsed, own = one.parsed, teller in row.tellers
    if completing.complete(row, parsed, one.cover, batch.ledger, own=own):
        batch.placed.append(row)
        if row.handling == "none" and row.state == "standing":
            row.handling, row.handled_at = "waiting", None
    if own or parsed.signature == State.BROKEN or not says_the_same(row, parsed):
        return
    if set(parsed.references) != _references_of(row, batch):
        return
    completing.prove(row, parsed, one.cover)
    row.tellers = [*row.tellers, teller]
    batch.spoke.add(row.pk)
    chaining.hear_again(row, parsed.references, batch.ledger, batch.now)
    chaining.follow(row, batch.ledger, batch.now)


def _references_of(row: Received, batch: _Batch) -> set[str]:
    if row.action == "alert":  # as good as never names any, and is not worth a question
        return {name for name, rows in batch.ledger.referring.items() if row.pk in rows}
    fresh = {name for pk, name in batch.references if pk == row.pk}
    kept = Reference.objects.filter(received=row.pk).values_list("identifier", flat=True)
    return fresh or set(kept)


def _arrive(row: Received, one: Read, original: Original, batch: _Batch) -> None:
    key = (row.pk, one.digest, one.inbound.way, one.inbound.source)
    if key in batch.ledger.arrivals:
        return
    batch.ledger.arrivals.add(key)
    batch.ledger.by_digest[one.digest] = row
    same_name = bool(row.identifier) and row.identifier == one.parsed.identifier
    batch.arrivals.append(
        Arrival(
            received=row, original=original, way=one.inbound.way, source=one.inbound.source,
            by=batch.by.ref, at=batch.now,
            differs=same_name and (row.words, row.level) != (one.parsed.words, one.parsed.level),
        )
    )  # fmt: skip


def _fresh(one: Read, original: Original, teller: str, batch: _Batch) -> Received:
    parsed, covered = one.parsed, one.cover
    # An exercise's number says nothing of what is actual, and must not keep an order from acting.
    rivals = [one for one in batch.ledger.numbered(parsed) if one.status == parsed.status]
    taken = [("number-taken", "")] if rivals else []
    row = Received(
        id=new_id(), original=original, way=one.inbound.way, source=one.inbound.source,
        form=parsed.form, identifier=parsed.identifier, sender=parsed.sender,
        station=parsed.station, sent_at=parsed.sent_at, action=parsed.action, status=parsed.status,
        kind=parsed.kind, hazard=parsed.hazard, event_code=parsed.event_code, event=parsed.event,
        level=parsed.level, headline=parsed.headline, text=parsed.text,
        instruction=parsed.instruction, effective_at=parsed.effective_at,
        expires_at=parsed.expires_at, region_id=covered.region, regions=list(covered.regions),
        area=covered.outline, place=parsed.place,
        notes=[list(note) for note in (*parsed.notes, *covered.notes, *taken)],
        signature=parsed.signature, signer=parsed.signer, tellers=[teller],
        received_at=batch.now, words=parsed.words,
    )  # fmt: skip
    row.state, row.handling = _begins(row, batch.now)
    if row.state != "standing":
        row.ended_at = batch.now
    chaining.link(row, parsed.references, batch.ledger, batch.now)
    chaining.follow(row, batch.ledger, batch.now)
    batch.references += [(row.pk, name) for name in parsed.references]
    batch.fresh.append(row)
    return row


def _begins(row: Received, now: datetime) -> tuple[str, str]:
    """Tell the state and the handling a message begins in, as if it were alone."""
    live = ("actual", "exercise") if workspace.current().kind == "exercise" else ("actual",)
    matters = row.status in live and "elsewhere" not in {note[0] for note in row.notes}
    if row.action not in chaining.BEGINS or row.status not in live:
        return "notice", "waiting" if matters and row.action != "ack" else "none"
    if row.expires_at is not None and row.expires_at <= now:
        return "expired", "passed" if matters else "none"
    return "standing", "waiting" if matters else "none"
