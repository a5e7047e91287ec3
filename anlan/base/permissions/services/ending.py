"""Ending what somebody was sent: none of their links opens anything any more."""

from anlan.base.journal.services import record
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.models import Link
from anlan.base.permissions.services.changes import TOPIC
from anlan.kernel.clock import real_now


def end_links_of(*, person: str, by: Actor) -> int:
    """Make every link sent to a person useless, and forget the name it greeted; returns how many.

    In the caller's transaction.
    """
    links = Link.objects.filter(person=person) if person else Link.objects.none()
    links.exclude(name="").update(name="")
    living = links.filter(revoked_at=None, expires__gt=real_now())
    ended = list(living.order_by("id").values_list("id", flat=True))
    if ended:
        Link.objects.filter(id__in=ended).update(revoked_at=real_now())
        record(
            deed="links.revoked", by=by, subject=("links", ended[0]), facts={"links": ended},
            topic=TOPIC,
        )  # fmt: skip
    return len(ended)
