"""The duty log: people add what they hear, the platform what happens; nothing is changed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from anlan import codes
from anlan.base.journal.services import record
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import permit
from anlan.base.vault import services as vault
from anlan.kernel import clock
from anlan.kernel.errors import Invalid
from anlan.kernel.ids import new_id
from anlan.respond.duty import deed_names
from anlan.respond.duty.models import Entry
from anlan.respond.duty.selectors.desks import desk_of
from anlan.respond.duty.selectors.log import WORDS, seen

LONGEST = {"source": 100}
MOST = 2000
#: How far back an entry may tell of: a watch and the one before it.
BACK = timedelta(days=3)


@dataclass(frozen=True, kw_only=True)
class Note:
    """What is written down: when, from whom, what, what was done, what came of it."""

    content: str
    kind: str = "call"
    at: datetime | None = None
    source: str = ""
    disposal: str = ""
    instruction: str = ""
    result: str = ""
    #: Something is still to be done about it.
    todo: bool = False


def note_entry(*, note: Note, by: Actor, region: str = "", follows: str = "") -> Entry:
    """Write an entry in a desk's log; one that `follows` another goes on with it, or puts it right.

    The matter of an entry that asked for something is over with the first further entry that asks
    for nothing more.
    """
    _check(note)
    with transaction.atomic():
        if follows:
            one = seen(by, follows)
            first = one.follows or one
            permit(by, "duty-log.write", first.region_id)
            return _write(note, first.region_id, by, follows=first)
        return _write(note, desk_of(by, region, "duty-log.write"), by)


def note_fact(  # noqa: PLR0913 - a fact's values, all by name
    *,
    region: str,
    kind: str,
    content: str,
    link: tuple[str, str],
    once: str,
    by: Actor,
    case: str = "",
) -> None:
    """Write what happened in a desk's log, in the caller's transaction; told twice it is one entry.

    The caller has asked for the right to do the deed itself.
    """
    if not Entry.objects.filter(once=once).exists():
        note = Note(content=content[:MOST], kind=kind)
        _write(note, region, by, link=link, once=once, case=case)


def _write(  # noqa: PLR0913 - what an entry may have, all by name
    note: Note,
    region: str,
    by: Actor,
    *,
    follows: Entry | None = None,
    link: tuple[str, str] = ("", ""),
    once: str | None = None,
    case: str = "",
) -> Entry:
    now = clock.now()
    pk = new_id()
    shared = follows.case if follows else case
    row = Entry(
        id=pk, region_id=region, kind=note.kind, at=note.at or now, seal=shared or pk, case=shared,
        link_kind=link[0], link=link[1], follows=follows, todo=note.todo, once=once, by=by.ref,
        noted_at=now,
    )  # fmt: skip
    texts = {name: getattr(note, name).strip() for name in WORDS}
    (sealed,) = vault.seal_many([(row.seal, texts)])
    for name, text in sealed.items():
        setattr(row, name, text or "")
    row.save(force_insert=True)
    record(
        deed=deed_names.NOTED, by=by, subject=(deed_names.ENTRY, row.pk), region=region,
        case=shared, topic=deed_names.TOPIC,
        facts={"kind": note.kind, "follows": follows.pk if follows else "", "todo": note.todo},
    )  # fmt: skip
    return row


def _check(note: Note) -> None:
    now = clock.now()
    errors: dict[str, list[str]] = {}
    if not note.content.strip():
        errors["content"] = ["请写明内容"]
    if note.kind not in codes.table("duty-entry-kinds"):
        errors["kind"] = ["请从表中选择"]
    if note.at is not None and not now - BACK <= note.at <= now:
        errors["at"] = ["时间应在三天以内，不能在将来"]
    long = (name for name in WORDS if len(getattr(note, name)) > LONGEST.get(name, MOST))
    errors |= {name: ["太长了"] for name in long}
    if errors:
        raise Invalid("有几处需要改正", errors=errors)
