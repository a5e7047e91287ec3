"""Who calls back: picked from those who are silent, or found by the number or the name."""

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
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
#: So many are offered to pick from: more are found faster by typing.
MOST_PICKS = 20


def callers(actor: Actor, alert: str, number: str) -> list[dict[str, Any]]:
    """List who may be calling, with the calls they owe: by number (whole, tail or short) or name.

    Asked with nothing it lists those to pick from: who has not answered, most pressing first.
    Only calls that the actor may see; those of deputies and cadres a rung turned to as well.
    """
    permit(actor, ANSWER)
    row = alert_for(alert, actor)
    asked = number.strip()
    digits = "".join(char for char in asked if char.isdigit())
    if asked and digits and len(digits) < TAIL - 1:
        raise Invalid("请输入完整号码、后四位或短号", errors={"number": ["至少三位数字"]})
    found = seats(row.root, actor)
    if not asked:
        return _picks(found)
    persons = _persons(digits) if digits else _named(asked)
    if not persons:
        return []
    held = people.held_by(persons)
    posts = {one.post for one in held}
    turned = _turned(posts, found)
    theirs = [
        seat
        for seat in found
        if seat.call.post in posts or seat.call.id in turned
    ]  # fmt: skip
    by_post: dict[str, list[str]] = {}
    for one in held:
        by_post.setdefault(one.post, []).append(one.person)
    return _told((seat, person) for seat in theirs for person in _speakers(seat, by_post, turned))


def _picks(found: Sequence[Seat]) -> list[dict[str, Any]]:
    """List whose call is longest without an answer, the first holder of each post."""
    late = datetime.max.replace(tzinfo=UTC)
    silent = [seat for seat in found if seat.standing in ("silent", "delivered")]
    silent.sort(key=lambda seat: (seat.call.answer_due or late, seat.call.region))
    first = {
        held.post: held.person
        for held in people.holdings_on([seat.call.post for seat in silent[:MOST_PICKS]])
        if held.rank == "A"
    }
    chosen = [seat for seat in silent[:MOST_PICKS] if seat.call.post in first]
    return _told((seat, first[seat.call.post]) for seat in chosen)


def _told(pairs: Iterable[tuple[Seat, str]]) -> list[dict[str, Any]]:
    """Tell who speaks for which call, in words."""
    listed = list(pairs)
    posts = {seat.call.post for seat, _ in listed}
    titles = dict(Post.objects.filter(pk__in=posts).values_list("pk", "title"))
    names = people.names_of({person for _, person in listed})
    places = regions.names([seat.call.region for seat, _ in listed])
    return [
        {
            "person": person, "name": names.get(person, ""), "obligation": seat.call.id,
            "post": seat.call.post, "title": titles.get(seat.call.post, ""),
            "region": seat.call.region, "region_name": places.get(seat.call.region, ""),
            "standing": seat.standing, "said": seat.said,
        }
        for seat, person in listed
    ]  # fmt: skip


def _named(name: str) -> list[str]:
    """Find who bears a name, a part of it, or has these initials."""
    persons = Person.objects.filter(retired_at=None, erased_at=None)
    hits = {
        hit for kind in ("chars", "initials")
        for hit in vault.subjects_matching(kind, name, among=persons.values("pk"))
    }  # fmt: skip
    return sorted(hits)


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
