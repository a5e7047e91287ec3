"""Who calls back: by the number an officer sees or types, the post and what it owes are found."""

from collections.abc import Collection
from typing import Any

from anlan.base.obligations.models import Rung
from anlan.base.people import selectors as people
from anlan.base.people.models import Person, Phone, Post
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import permit
from anlan.base.regions import selectors as regions
from anlan.base.vault import selectors as vault
from anlan.kernel.errors import Invalid
from anlan.warn.selectors.board.seats import Seat, seats
from anlan.warn.selectors.rows import alert_for

ANSWER = "calls.answer"
#: Digits of a number's end that are enough to look for.
TAIL = 4


def callers(actor: Actor, alert: str, number: str) -> list[dict[str, Any]]:
    """List who may be calling from a number (whole, tail or short), with the calls they owe.

    Only calls that the actor may see; those of deputies and cadres a rung turned to as well.
    """
    permit(actor, ANSWER)
    row = alert_for(alert, actor)
    digits = "".join(char for char in number if char.isdigit())
    if len(digits) < TAIL - 1:
        raise Invalid("请输入完整号码、后四位或短号", errors={"number": ["至少三位数字"]})
    persons = _persons(digits)
    if not persons:
        return []
    held = people.held_by(persons)
    posts = {one.post for one in held}
    found = seats(row.root, actor)
    turned = _turned(posts, found)
    theirs = [
        seat
        for seat in found
        if seat.call.post in posts or seat.call.id in turned
    ]  # fmt: skip
    titles = dict(
        Post.objects.filter(pk__in=[seat.call.post for seat in theirs]).values_list("pk", "title")
    )
    names = people.names_of(persons)
    places = regions.names([seat.call.region for seat in theirs])
    by_post: dict[str, list[str]] = {}
    for one in held:
        by_post.setdefault(one.post, []).append(one.person)
    return [
        {
            "person": person, "name": names.get(person, ""), "obligation": seat.call.id,
            "post": seat.call.post, "title": titles.get(seat.call.post, ""),
            "region": seat.call.region, "region_name": places.get(seat.call.region, ""),
            "standing": seat.standing, "said": seat.said,
        }
        for seat in theirs
        for person in _speakers(seat, by_post, turned)
    ]  # fmt: skip


def _persons(digits: str) -> list[str]:
    """Find who has a number: by the whole of it, its tail, or the short number of the network."""
    phones = Phone.objects.filter(retired_at=None)
    kind = "tail4" if len(digits) == TAIL else "phone"
    hits = vault.subjects_matching(kind, digits, among=phones.values("pk"))
    known = set(phones.filter(pk__in=hits).values_list("person_id", flat=True))
    known |= set(phones.filter(short_number=digits).values_list("person_id", flat=True))
    return list(
        Person.objects.filter(pk__in=known, retired_at=None, erased_at=None)
        .order_by("pk")
        .values_list("pk", flat=True)
    )


def _turned(posts: Collection[str], found: Collection[Seat]) -> dict[str, str]:
    """Tell the calls a rung turned to these posts for: call -> the post turned to."""
    owed = {seat.call.id for seat in found}
    rungs = Rung.objects.filter(post__in=list(posts)).values_list("obligation_id", "post_id")
    return {call: str(post) for call, post in rungs if call in owed}


def _speakers(seat: Seat, by_post: dict[str, list[str]], turned: dict[str, str]) -> list[str]:
    return by_post.get(seat.call.post) or by_post.get(turned.get(seat.call.id, ""), [])
