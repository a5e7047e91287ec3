"""Links for phones: no password, one purpose, one subject, an end.

Whoever holds the link acts as ``link:ID`` with no role at all: the service behind the purpose
decides what the holder of a link to this subject may do.
"""

import base64
import hmac
import secrets
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.db import IntegrityError, transaction

from anlan.base.db.among import among
from anlan.base.db.inserting import insert_values
from anlan.base.journal.services import Deed, record_many
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.models import Link
from anlan.base.permissions.services.changes import TOPIC
from anlan.base.permissions.services.sessions import digest
from anlan.kernel import clock
from anlan.kernel.clock import real_now
from anlan.kernel.errors import Missing
from anlan.kernel.ids import new_id

#: 120 bits in 20 characters, so that the address still fits a short message.
KEY_BYTES = 15
#: From this many on links made at once are one deed in the journal.
MANY = 20
#: Columns of a link, in the order their values are given.
COLUMNS = (
    "hash", "id", "purpose", "subject", "post", "person", "name", "region", "once", "created_at",
    "expires", "used_at", "revoked_at",
)  # fmt: skip


class Wanted(NamedTuple):
    """One link to be made. `post` and `person` say for whom, `name` greets them."""

    purpose: str
    subject: str
    expires: datetime
    post: str = ""
    person: str = ""
    name: str = ""
    region: str = ""
    once: bool = False
    #: Whoever must be able to tell the same key again says from what it is derived; else it is
    #: drawn, and nobody can.
    seed: str = ""


@dataclass(frozen=True)
class Opened:
    """Who came in by a link, and for what."""

    id: str
    purpose: str
    subject: str
    post: str
    person: str
    actor: Actor


def issue_links(wanted: Sequence[Wanted], *, by: Actor) -> list[str]:
    """Make links; return their keys in order, which are told to the phones and kept nowhere."""
    keys = [
        derived_key(one.seed) if one.seed else secrets.token_urlsafe(KEY_BYTES) for one in wanted
    ]
    _write(wanted, [digest(key) for key in keys], by)
    return keys


def _write(wanted: Sequence[Wanted], hashes: Sequence[str], by: Actor) -> None:
    ids = [new_id() for _ in wanted]
    now = real_now()
    rows = [
        (
            kept, pk, one.purpose, one.subject, one.post, one.person, one.name[:64],
            one.region, one.once, now, one.expires, None, None,
        )
        for kept, pk, one in zip(hashes, ids, wanted, strict=True)
    ]  # fmt: skip
    with transaction.atomic():
        insert_values(Link, COLUMNS, rows)
        record_many(_issued(ids, wanted, by))


def repeat_links(wanted: Sequence[Wanted], *, by: Actor, likely_new: bool = False) -> list[str]:
    """Tell the keys of links with a seed; those that are there live on, the others are made.

    What is `likely_new` is written before it is looked for.
    """
    keys = [derived_key(one.seed) for one in wanted]
    hashes = [digest(key) for key in keys]
    if likely_new:
        with suppress(IntegrityError):
            _write(wanted, hashes, by)
            return keys
    known = set(Link.objects.filter(among("hash", hashes)).values_list("hash", flat=True))
    for expires in {one.expires for one, kept in zip(wanted, hashes, strict=True) if kept in known}:
        Link.objects.filter(among("hash", known), expires__lt=expires).update(expires=expires)
    gone = [pair for pair in zip(wanted, hashes, strict=True) if pair[1] not in known]
    if gone:
        _write([one for one, _ in gone], [kept for _, kept in gone], by)
    return keys


def derived_key(seed: str) -> str:
    """Derive a key that nobody can without this workspace's secret; as long as a drawn one."""
    made = hmac.digest(settings.SECRET_KEY.encode(), f"link:{seed}".encode(), "sha256")
    return base64.urlsafe_b64encode(made[:KEY_BYTES]).decode("ascii")


def _issued(ids: Sequence[str], wanted: Sequence[Wanted], by: Actor) -> list[Deed]:
    """Note one link by itself, many made at once as one deed: they follow from one decision."""
    if len(ids) < MANY:
        return [
            _noted("links.issued", by, pk, (one.purpose, one.subject, one.post), one.region)
            for pk, one in zip(ids, wanted, strict=True)
        ]
    facts = {
        "purpose": wanted[0].purpose,
        "links": list(ids),
        "subjects": [one.subject for one in wanted],
    }
    return [Deed(deed="links.issued", by=by, subject=("links", ids[0]), facts=facts, topic=TOPIC)]


def issue_link(wanted: Wanted, *, by: Actor) -> str:
    """Make one link."""
    return issue_links([wanted], by=by)[0]


def open_link(key: str, purpose: str) -> Opened:
    """Tell who comes in by a link; `Missing` when it is unknown, over, used or for another end."""
    found = open_links([key], purpose).get(key)
    if found is None:
        raise Missing("链接无效或已过期，请联系发送单位重新发送")
    return found


def open_links(keys: Collection[str], purpose: str) -> dict[str, Opened]:
    """Tell by key who comes in by many links; those that `open_link` would refuse are left out."""
    hashes = {digest(key): key for key in keys}
    rows = Link.objects.filter(among("hash", hashes), purpose=purpose, revoked_at=None)
    now = real_now()
    return {
        hashes[link.hash]: _opened(link)
        for link in rows
        if link.expires > now and not (link.once and link.used_at)
    }


def _opened(link: Link) -> Opened:
    actor = Actor(
        ref=f"link:{link.id}", user_id=None, name=link.name or "短信链接",
        region=link.region, person=link.person, via="link",
    )  # fmt: skip
    return Opened(link.id, link.purpose, link.subject, link.post, link.person, actor)


def note_opened(opened: Opened) -> None:
    """Keep when somebody last looked at the page behind a link, in the caller's transaction."""
    Link.objects.filter(id=opened.id).update(opened_at=clock.now())


def use_link(opened: Opened) -> None:
    """Mark a link used, inside the transaction of the deed; `Missing` when a once-link was used."""
    use_links([opened])


def use_links(opened: Sequence[Opened]) -> None:
    """Mark many links used, each as `use_link` does; `Missing` when one of them cannot be."""
    held = Link.objects.select_for_update().filter(
        among("id", {one.id for one in opened}), revoked_at=None
    )
    links = {link.id: link for link in held.order_by("pk")}
    spent = {link.id for link in links.values() if link.once and link.used_at}
    for one in opened:
        if one.id not in links or one.id in spent:
            raise Missing("链接已经用过")
        if links[one.id].once:
            spent.add(one.id)
    Link.objects.filter(among("id", links)).update(used_at=real_now())
    record_many([_deed(links[one.id], "links.used", one.actor) for one in opened])


def revoke_links(*, purpose: str, subject: str, by: Actor) -> int:
    """Make every open link to a subject useless; returns how many."""
    now = real_now()
    with transaction.atomic():
        links = list(
            Link.objects.filter(
                purpose=purpose, subject=subject, revoked_at=None, expires__gt=now
            ).select_for_update()
        )
        Link.objects.filter(pk__in=[link.pk for link in links]).update(revoked_at=now)
        record_many([_deed(link, "links.revoked", by) for link in links])
    return len(links)


def sweep() -> int:
    """Drop links that ended by themselves; returns how many."""
    with transaction.atomic():
        return Link.objects.filter(expires__lt=real_now()).delete()[0]


def _deed(link: Link, deed: str, by: Actor) -> Deed:
    return _noted(deed, by, link.id, (link.purpose, link.subject, link.post), link.region)


def _noted(deed: str, by: Actor, link: str, what: tuple[str, str, str], region: str) -> Deed:
    facts = dict(zip(("purpose", "subject", "post"), what, strict=True))
    return Deed(deed=deed, by=by, subject=("links", link), region=region, facts=facts, topic=TOPIC)
