"""The roll behind the link of a short message: whoever holds it ticks one village's people."""

from collections.abc import Sequence

from django.db import transaction

from anlan.base.obligations.models import Obligation
from anlan.base.permissions.services.links import Opened, note_opened, use_link
from anlan.kernel.errors import Missing
from anlan.respond.evacuation.kinds import KIND
from anlan.respond.evacuation.models import Part
from anlan.respond.evacuation.services.adding import Newcomer, add_people
from anlan.respond.evacuation.services.finding import note
from anlan.respond.evacuation.services.ticking import Said, Ticker, Word, tick_roll


def part_of(opened: Opened) -> Part:
    """Tell which village a link is about; `Missing` for a link to anything else."""
    row = Obligation.objects.filter(pk=opened.subject, kind=KIND).first()
    part = Part.objects.select_related("evacuation", "region").filter(
        pk=row.subject if row else ""
    ).first()  # fmt: skip
    if part is None:
        raise Missing("链接无效或已过期，请联系发送单位重新发送")
    return part


def read_by_link(*, opened: Opened) -> Part:
    """Open a village's roll in clear: those who answer for it must find and call everybody.

    That it was read is journalled first.
    """
    with transaction.atomic():
        part = part_of(opened)
        people = part.entries.count()
        note(part.evacuation, "read", opened.actor, {"entries": people}, region=part.region_id)
        note_opened(opened)
    return part


def tick_by_link(*, opened: Opened, words: Sequence[Word], device: str) -> list[Said]:
    """Tick people of the link's village, and of no other."""
    part = part_of(opened)
    with transaction.atomic():
        told = tick_roll(
            evacuation=part.evacuation_id, words=words, ticker=_ticker(opened, part, device)
        )
        use_link(opened)
    return told


def add_by_link(*, opened: Opened, newcomer: Newcomer, device: str) -> str:
    """Write down somebody of the link's village who is on no list."""
    part = part_of(opened)
    with transaction.atomic():
        made = add_people(
            evacuation=part.evacuation_id, newcomer=newcomer,
            ticker=_ticker(opened, part, device),
        )  # fmt: skip
        use_link(opened)
    return made


def _ticker(opened: Opened, part: Part, device: str) -> Ticker:
    return Ticker(opened.actor, device, (part.pk,))
