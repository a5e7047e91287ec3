"""Taking due messages in hand, in one transaction.

It finds whether each is still wanted, where it goes and what it says, and commits that it is being
sent before anything leaves.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from anlan.base.db.updating import update_values
from anlan.base.permissions.actor import system
from anlan.base.permissions.services.links import Wanted, repeat_links
from anlan.base.vault.services import ERASED, UNREADABLE, open_many
from anlan.comms import reasons
from anlan.comms.carriers import Carrier, Parcel
from anlan.comms.carriers.slots import Slot, devices_for
from anlan.comms.composing import Approver, Composer, uses_link
from anlan.comms.linking import link_base, link_to
from anlan.comms.models import Message
from anlan.comms.outline import drawn
from anlan.comms.purposes import PURPOSES, Told
from anlan.comms.selectors.addresses import Address, addresses
from anlan.comms.services.joining import pass_on
from anlan.comms.services.sending.again import first_tries, whole
from anlan.comms.services.sending.attempts import Try, key_of
from anlan.comms.services.sending.senders import Me
from anlan.comms.sounds import sound_address
from anlan.kernel import clock
from anlan.kernel.errors import Invalid

#: Messages of one claim at most. On SQLite all who write wait meanwhile, some 40 ms; a database
#: server has others write beside it, and its dues to the disk are paid once a claim.
MOST, MOST_BESIDE_OTHERS = 500, 1000
#: A link outlives its deadline, so that a late answer still finds its page.
LINK_LIVES = timedelta(days=3)
#: What templates call the outline.
AREA = "area"

COLUMNS = (
    "id", "purpose_kind", "purpose", "kind", "post", "person", "region", "case", "tries", "state",
    "request", "phone", "carrier", "queued_at", "expires_at", "reason",
)  # fmt: skip
Row = Mapping[str, Any]
#: By kind of purpose and id: what is said of it.
Tellings = Mapping[str, Mapping[str, Told]]


@dataclass
class Claimed:
    """What one claim took in hand."""

    slot: Slot
    parcels: list[Parcel] = field(default_factory=list)
    #: The parcels as the carrier takes them together.
    groups: list[list[Parcel]] = field(default_factory=list)
    tries: dict[str, Try] = field(default_factory=dict)
    #: How many rows were looked at: some are over without being sent.
    looked: int = 0


@dataclass
class _Ready:
    """What is known of the messages of one claim, before they are composed."""

    told: Tellings
    addresses: Mapping[str, Address]
    links: Mapping[str, str]
    #: Of what is asked again: the number of the try that began it.
    again: Mapping[str, int]
    plain: Mapping[str, str]
    #: Where purposes hold, by kind and id, for channels that draw it.
    areas: Mapping[str, Mapping[str, str]]


@transaction.atomic
def claim(slot: Slot, carrier: Carrier, me: Me, most: int) -> Claimed:
    """Take up to so many due messages in hand for one carrier.

    What was cut off is taken request by request, whole or not at all: pieces of one under its name
    would be taken for the whole by a provider that keeps names.

    1. Those that are over in time, or whose purpose is settled, end here.
    2. For the others the address, the words and the link are found; what lacks one fails here.
    3. `sending`, with the carrier, the address and the request's name, is committed. Killed from
       now on, the message is `unknown`.
    """
    now = clock.now()
    # Whatever was cut off or failed once is ventured alone while the provider is in doubt.
    most = min(most, slot.batch if slot.is_doubtful else most_at_once())
    rows = whole(slot, due_rows(slot, now, most), most)
    claimed = Claimed(slot, looked=len(rows))
    if not rows:
        return claimed
    me.beat()
    rows, told = _still_wanted(rows, now)
    ready = _prepare(rows, slot, told)
    composer = Composer(slot.declaration.words, slot.names, Approver(slot.declaration.approved))
    ended: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        parcel = _parcel(row, slot, ready, composer)
        if isinstance(parcel, str):
            ended[parcel].append(row["id"])
        else:
            claimed.parcels.append(parcel)
    for reason, ids in ended.items():
        end(ids, "failed", reason, now)
    by_id = {row["id"]: row for row in rows}
    claimed.groups = carrier.groups(claimed.parcels)
    claimed.tries = {
        one.message: _try(by_id[one.message], one, slot.key, now) for one in claimed.parcels
    }
    _take(claimed, me)
    return claimed


def most_at_once() -> int:
    """Tell how many messages one claim takes at most."""
    beside = connection.features.has_select_for_update_skip_locked
    return MOST_BESIDE_OTHERS if beside else MOST


def words_due(words: Sequence[str], now: datetime) -> list[str]:
    """Tell for which words anything is due: one question, as it is asked while messages leave."""
    if not words:
        return []
    quote = connection.ops.quote_name
    table, moment = quote(Message._meta.db_table), connection.ops.adapt_datetimefield_value(now)
    one = f"EXISTS (SELECT 1 FROM {table} WHERE channel = %s AND due_at <= %s)"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join([one] * len(words))}",
            [value for word in words for value in (word, moment)],
        )
        answers = cursor.fetchone()
    return [word for word, is_due in zip(words, answers, strict=True) if is_due]


def due_rows(slot: Slot, now: datetime, most: int) -> list[Row]:
    """Find the first so many that are due for a carrier, and hold them where rows can be held."""
    rows = Message.objects.filter(slot.fresh | slot.unknown, channel=slot.word, due_at__lte=now)
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True)
    return list(rows.order_by("priority", "due_at").values(*COLUMNS)[:most])


def _still_wanted(rows: Sequence[Row], now: datetime) -> tuple[list[Row], Tellings]:
    """Keep those that are still wanted, and what was told of them in the same question."""
    late = [row["id"] for row in rows if row["expires_at"] and row["expires_at"] <= now]
    end(late, "expired", "", now)
    by_kind: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        by_kind[row["purpose_kind"]].add(row["purpose"])
    told = {
        kind: PURPOSES[kind].told(ids)
        for kind, ids in by_kind.items()
        if PURPOSES[kind].tells_wanted
    }
    wanted = {
        kind: told[kind].keys() if kind in told else set(PURPOSES[kind].wanted(ids))
        for kind, ids in by_kind.items()
    }
    over = set(late)
    settled = [
        row["id"]
        for row in rows
        if row["id"] not in over and row["purpose"] not in wanted[row["purpose_kind"]]
    ]
    end(settled, "cancelled", reasons.ANSWERED, now)
    if settled:
        pass_on(settled)
    over |= set(settled)
    return [row for row in rows if row["id"] not in over], told


def end(ids: Sequence[str], state: str, reason: str, now: datetime) -> None:
    """End messages without sending them."""
    if ids:
        Message.objects.filter(pk__in=ids, state__in=("queued", "unknown", "manual")).update(
            state=state, reason=reason, ended_at=now, due_at=None
        )


def _prepare(rows: Sequence[Row], slot: Slot, told: Tellings) -> _Ready:
    by_kind: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_kind[row["purpose_kind"]].append(row)
    told = {
        kind: told.get(kind) or PURPOSES[kind].told({row["purpose"] for row in same})
        for kind, same in by_kind.items()
    }
    found: Mapping[str, Sequence[Address]] = {}
    if slot.channel.needs and not slot.channel.to_place:
        found = addresses({row["person"] for row in rows if row["person"]}, slot.channel)
    chosen = {row["id"]: _choose(row, found.get(row["person"], ())) for row in rows}
    again = first_tries(rows, slot, chosen)
    pairs = [(one.id, {"": one.sealed}) for one in set(chosen.values()) if one is not None]
    opened = open_many(pairs) if pairs else []
    plain = {pk: texts[""] or "" for (pk, _), texts in zip(pairs, opened, strict=True)}
    return _Ready(
        told=told,
        addresses={pk: one for pk, one in chosen.items() if one is not None},
        links=_links(rows, slot, again),
        again=again,
        plain=plain,
        areas=_areas(by_kind) if AREA in slot.names else {},
    )


def _areas(by_kind: Mapping[str, Sequence[Row]]) -> dict[str, Mapping[str, str]]:
    return {
        kind: tell({row["purpose"] for row in same})
        for kind, same in by_kind.items()
        if (tell := PURPOSES[kind].areas) is not None
    }


def _choose(row: Row, offered: Sequence[Address]) -> Address | None:
    """Choose where to write: another than last time when the last try failed."""
    if row["state"] == "unknown":
        same = [one for one in offered if one.id == row["phone"]]
        return same[0] if same else next(iter(offered), None)
    if row["reason"] == reasons.UNDELIVERED:
        others = [one for one in offered if one.id != row["phone"]]
        return next(iter(others), None) or next(iter(offered), None)
    return next(iter(offered), None)


def _links(rows: Sequence[Row], slot: Slot, again: Mapping[str, int]) -> dict[str, str]:
    """Make the links that texts of this claim carry; message id -> address.

    Derived from the name of the try, so that what is asked again says the same.
    """
    words, names = slot.declaration.words, slot.names
    base = link_base()
    if base is None or slot.channel.to_place:
        return {}  # whoever reads a group or hears a loudspeaker is not the one who answers
    carried = {kind: uses_link(words, names, kind) for kind in {row["kind"] for row in rows}}
    linked = [row for row in rows if carried[row["kind"]] and PURPOSES[row["purpose_kind"]].link]
    expires = clock.real_now() + LINK_LIVES
    wanted = [
        Wanted(
            PURPOSES[row["purpose_kind"]].link, row["purpose"], expires, row["post"],
            row["person"], "", row["region"], seed=_key(row, again),
        )
        for row in linked
    ]  # fmt: skip
    # Also of what is asked afresh: a claim that found no number made the link and no try.
    untried = not any(row["tries"] for row in linked)
    keys = repeat_links(wanted, by=system("comms"), likely_new=untried) if wanted else []
    return {row["id"]: link_to(base, key) for row, key in zip(linked, keys, strict=True)}


def _key(row: Row, again: Mapping[str, int]) -> str:
    """Name a try for the provider; one that repeats another keeps its name."""
    return key_of(row["id"], again.get(row["id"], row["tries"] + 1))


def _parcel(row: Row, slot: Slot, ready: _Ready, composer: Composer) -> Parcel | str:
    """Make what is handed to the carrier, or say why it cannot be."""
    whither = _whither(row, slot, ready)
    if isinstance(whither, str):
        return whither
    address, phone = whither
    told = ready.told[row["purpose_kind"]].get(row["purpose"])
    if told is None:
        return reasons.NO_PURPOSE
    link = ready.links.get(row["id"], "")
    made = composer.compose(row["kind"], {**told, "link": link})
    if isinstance(made, str):
        return made
    key = _key(row, ready.again)
    made |= {"number": address, "key": key, "message": row["id"], "region_code": row["region"]}
    if slot.channel.to_place:
        made |= _of_place(row, slot)
        if made.get("audio") == "":
            return reasons.NO_SOUND
    if AREA in slot.names:
        try:
            made[AREA] = _area(row, slot, ready)
        except Invalid:
            return reasons.NO_OUTLINE
    request = row["request"] if row["id"] in ready.again else ""
    return Parcel(row["id"], key, request, address, phone, row["case"], made)


def _area(row: Row, slot: Slot, ready: _Ready) -> Any:
    """Draw where it holds as this channel takes it; None where nobody knows."""
    told = ready.areas.get(row["purpose_kind"], {}).get(row["purpose"])
    return None if told is None else drawn(told, slot.declaration.outline)


def _whither(row: Row, slot: Slot, ready: _Ready) -> tuple[str, str] | str:
    """Find the address and whose it is, or say why there is none."""
    if slot.channel.to_place:
        return slot.separator.join(devices_for(slot.declaration, row["region"])), ""
    if not slot.channel.needs:
        return "", ""
    chosen = ready.addresses.get(row["id"])
    if chosen is None:
        known = row["reason"] == reasons.DEAD_NUMBER
        return reasons.DEAD_NUMBER if known else reasons.NO_NUMBER
    address = ready.plain[chosen.id]
    return reasons.ERASED if address in (ERASED, UNREADABLE) else (address, chosen.id)


def _of_place(row: Row, slot: Slot) -> dict[str, Any]:
    """Tell what only a place is told: its devices, and the recording they fetch."""
    declared = slot.declaration
    told: dict[str, Any] = {"devices": list(devices_for(declared, row["region"]))}
    if declared.sounds is not None:
        told["audio"] = sound_address(declared, row["kind"])
    return told


def _try(row: Row, parcel: Parcel, carrier: str, now: datetime) -> Try:
    return Try(
        row["id"], row["tries"] + 1, carrier, parcel.phone, parcel.request, now, row["queued_at"],
        row["case"], row["region"], parcel.request == row["request"],
    )  # fmt: skip


def _take(claimed: Claimed, me: Me) -> None:
    update_values(
        Message, ("carrier", "phone", "request", "tries"),
        [
            (one.carrier, one.phone, one.request, one.number, one.message)
            for one in claimed.tries.values()
        ],
        same={"state": "sending", "sender": me.id, "due_at": None},
    )  # fmt: skip
