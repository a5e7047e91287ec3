"""Signs of life of the villages that are called: answers, receipts, values of sensors."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from anlan.base.db.among import among
from anlan.base.obligations.models import Obligation
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import permit, visible
from anlan.base.regions import scope
from anlan.base.regions.models import Level
from anlan.comms.channels import channel_of
from anlan.comms.models import Message
from anlan.comms.reasons import OFF
from anlan.kernel import clock
from anlan.sense.models import Maintenance, Stream
from anlan.sense.selectors.latest import latest
from anlan.warn.callrules import KIND
from anlan.warn.models import CallRound, SilentVillage
from anlan.warn.selectors.board.seats import VIEW, calls_of
from anlan.warn.selectors.rows import alert_for
from anlan.warn.silence import Posts, Scene, Sensor, Sent

#: Rows of one list.
MOST = 500
#: Messages in these states have left.
LEFT = ("sent", "delivered", "answered", "unknown", "failed")


def scene(
    root: str, posts: Mapping[str, Posts], sensors: Sequence[Sensor], listening_since: datetime
) -> Scene:
    """Gather what is known of the villages a chain calls, however many there are.

    `posts` are the chain's own of `called_posts`, `sensors` those of `sensors_heard`: both are read
    once for all chains.
    """
    return Scene(
        now=clock.now().timestamp(),
        listening_since=listening_since.timestamp(),
        posts=posts,
        sensors=sensors,
        sent=tuple(_sent(calls_of(root).values("pk"))),
    )


def called_posts() -> dict[str, dict[str, Posts]]:
    """Count by chain and village the calls of the rounds under way, and who showed life.

    Two queries: hundreds of alerts may be in force. A chain that calls nobody yet has no village.
    """
    rounds = dict(CallRound.objects.filter(ended_at=None).values_list("pk", "root"))
    if not rounds:
        return {}
    rows = Obligation.objects.filter(
        among("subject", rounds.keys()), kind=KIND, subject_kind=KIND,
        region__level__gte=Level.VILLAGE,
    )  # fmt: skip
    found: dict[tuple[str, str], list[tuple[datetime, datetime | None]]] = defaultdict(list)
    for subject, region, issued, reached, answered in rows.values_list(
        "subject", "region_id", "issued_at", "reached_at", "answered_at"
    ):
        lived = max((at for at in (reached, answered) if at), default=None)
        found[rounds[subject], region[: scope.PADDED]].append((issued, lived))
    posts: dict[str, dict[str, Posts]] = {root: {} for root in rounds.values()}
    for (root, village), calls in found.items():
        lives = [lived.timestamp() for _, lived in calls if lived is not None]
        posts[root][village] = Posts(
            len(calls), len(lives), min(at for at, _ in calls).timestamp(),
            max(at for at, _ in calls).timestamp(), max(lives, default=0.0),
        )  # fmt: skip
    return posts


def sensors_heard() -> Iterator[Sensor]:
    """Read when each stream in use, and not under repair, was last heard."""
    now = clock.now()
    under_repair = Maintenance.objects.filter(starts__lte=now, ends__gt=now, ended_at=None)
    columns = ("stream_id", "station_id", "gateway_id")
    stopped = {key for row in under_repair.values_list(*columns) for key in row if key}
    streams = [
        (number, interval or 0, region, station, gateway or "")
        for pk, number, interval, region, station, gateway in Stream.objects.filter(
            retired_at=None, status="in-use", interval_s__gt=0,
            region__level__gte=Level.VILLAGE,
        ).values_list(
            "pk", "number", "interval_s", "region_id", "station_id", "station__gateway_id"
        )
        if not {pk, station, gateway} & stopped
    ]  # fmt: skip
    heard = latest([number for number, *_ in streams])
    for place, (_, interval, region, station, gateway) in enumerate(streams):
        if heard.known[place]:
            last = float(heard.time[place]) / 1000
            yield Sensor(region[: scope.PADDED], gateway, float(interval), last, station)


def _sent(calls: "QuerySet[Any]") -> Iterator[Sent]:
    """Read the messages a receipt may come for, and what somebody heard at the telephone.

    Those to the levels above are read as well: they show whether receipts come at all.
    """
    rows = Message.objects.filter(
        purpose_kind="obligation", purpose__in=calls, state__in=LEFT
    ).exclude(person="")
    columns = ("region", "channel", "carrier", "state", "reason", "sent_at", "delivered_at")
    for region, name, carrier, state, reason, sent, delivered in rows.values_list(*columns):
        channel = channel_of(name)
        proved = delivered is not None or channel.reaches(state)
        if channel.proves != "delivered" and not channel.by_hand:
            continue  # no receipt ever comes
        at = delivered or sent
        if at is None and not reason:
            continue
        if state == "failed" and reason != OFF:
            continue  # a number that does not exist says nothing of the village
        moment = (at or clock.now()).timestamp()
        if channel.by_hand and not (proved or reason == OFF):
            continue  # not picked up: the post has not answered, which is counted already
        yield Sent(region[: scope.PADDED], carrier or name, moment, proved, reason == OFF)


def silent_villages(actor: Actor, *, root: str = "", over: bool = False) -> list[SilentVillage]:
    """List the villages found silent that the actor may see, the latest first."""
    permit(actor, VIEW)
    rows = visible(SilentVillage.objects.select_related("region"), actor, VIEW)
    if root:
        rows = rows.filter(root=root)
    if not over:
        rows = rows.filter(over_at=None)
    return list(rows.order_by("-id")[:MOST])


def shown(actor: Actor, *, alert: str = "", over: bool = False) -> list[dict[str, Any]]:
    """Say them, JSON-ready, with who was asked to look and whether they have answered."""
    root = alert_for(alert, actor).root if alert else ""
    found = silent_villages(actor, root=root, over=over)
    owed = {
        row.pk: row
        for row in Obligation.objects.select_related("debtor").filter(
            pk__in=[one.obligation for one in found if one.obligation]
        )
    }
    return [
        {
            "id": one.pk, "region": one.region_id, "region_name": one.region.name,
            "alert": one.alert_id, "case": one.case, "since": one.since,
            "found_at": one.found_at, "evidence": one.evidence, "over_at": one.over_at,
            "over_why": one.over_why, "obligation": one.obligation,
            "asked": row.debtor.title if (row := owed.get(one.obligation)) else None,
            "answered_at": row.answered_at if row else None,
        }
        for one in found
    ]  # fmt: skip
