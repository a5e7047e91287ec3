"""Signs of life of the villages that are called: answers, receipts, values of sensors."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Substr

from anlan.base.db.among import among
from anlan.base.db.moments import moment, spelled
from anlan.base.obligations.models import Obligation
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import permit, visible
from anlan.base.regions import scope
from anlan.base.regions.models import Level
from anlan.comms.channels import CHANNELS, Channel, channel_of
from anlan.comms.models import Attempt, Message
from anlan.comms.reasons import BUSY, NO_ANSWER, OFF, UNDELIVERED
from anlan.kernel import clock
from anlan.sense.models import Maintenance, Stream
from anlan.sense.selectors.latest import latest
from anlan.warn.callrules import KIND
from anlan.warn.models import CallRound, SilentVillage
from anlan.warn.selectors.board.seats import VIEW
from anlan.warn.selectors.rows import alert_for
from anlan.warn.silence import Posts, Scene, Sensor, Sent

#: Rows of one list.
MOST = 500
#: Messages in these states are needed by nobody any more.
IDLE = ("cancelled", "expired")
#: What a telephone does that is on and in reach, whoever picks it up.
RANG = (NO_ANSWER, BUSY)


def bare_scene(
    root: str, posts: Mapping[str, Posts], sensors: Sequence[Sensor], listening_since: datetime
) -> Scene:
    """Gather the little that tells whether anything of a chain is worth a closer look.

    Of the tries only those for calls nobody has answered, a tenth of them late in a storm. `posts`
    are the chain's own of `called_posts`, `sensors` those of `sensors_heard`: both are read once
    for all chains.
    """
    return Scene(
        now=clock.now().timestamp(),
        listening_since=listening_since.timestamp(),
        posts=posts,
        sensors=sensors,
        sent=_tries(_calls_of(root).filter(answered_at=None)),
    )


def scene_of(root: str, bare: Scene, villages: Collection[str]) -> Scene:
    """Look closer at some villages of a chain: all the tries there, and none elsewhere."""
    those = scope.within(tuple(scope.prefix(one) for one in villages))
    return replace(bare, sent=_tries(_calls_of(root).filter(those)))


def whole_scene(root: str, bare: Scene) -> Scene:
    """Add to a bare scene what it left out, however much: tries for calls that were answered."""
    answered = _calls_of(root).filter(answered_at__isnull=False)
    return replace(bare, sent=(*bare.sent, *_tries(answered)))


def _calls_of(root: str) -> "QuerySet[Obligation]":
    rounds = CallRound.objects.filter(root=root, ended_at=None)
    return _calls(list(rounds.values_list("pk", flat=True)))


def _tries(calls: "QuerySet[Obligation]") -> tuple[Sent, ...]:
    return (*_sent(calls), *_rung(calls))


def _calls(rounds: Collection[str]) -> "QuerySet[Obligation]":
    """Narrow obligations to the calls of some rounds that somebody answered or still owes."""
    rows = Obligation.objects.filter(among("subject", rounds), kind=KIND, subject_kind=KIND)
    return rows.filter(Q(closed_at=None) | Q(answered_at__isnull=False))


def called_posts() -> dict[str, dict[str, Posts]]:
    """Count by chain and village the calls of the rounds under way, and who answered.

    Two queries: hundreds of alerts may be in force. A chain that calls nobody yet has no village.
    """
    rounds = dict(CallRound.objects.filter(ended_at=None).values_list("pk", "root"))
    posts: dict[str, dict[str, Posts]] = {root: {} for root in rounds.values()}
    if not rounds:
        return posts
    # Counted where they lie: a storm has ten thousand calls in two hundred villages.
    rows = _calls(rounds.keys()).filter(region__level__gte=Level.VILLAGE)
    heard_of = Q(answered_at__isnull=False) | Q(reported_at__isnull=False)
    for subject, village, called, lived, began, newest, *heard in (
        rows.order_by()
        .values_list("subject", Substr("region_id", 1, scope.PADDED))
        .annotate(
            called=Count("pk"), lived=Count("pk", filter=heard_of), began=Min("issued_at"),
            newest=Max("issued_at"), answered=Max("answered_at"), reported=Max("reported_at"),
        )
    ):  # fmt: skip
        of_chain = posts[rounds[subject]]
        own = Posts(
            called, lived, began.timestamp(), newest.timestamp(),
            max((at.timestamp() for at in heard if at), default=0.0),
        )  # fmt: skip
        of_chain[village] = own.and_of(of_chain[village]) if village in of_chain else own
    return posts


def sensors_heard() -> Iterator[Sensor]:
    """Read when each stream in use, and not under repair, was last heard.

    By when its value came: one that is brought an hour late every time is no less alive.
    """
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
    for place, (number, interval, region, station, gateway) in enumerate(streams):
        if heard.known[place]:
            last = float(max(heard.time[place], heard.received_ms[place])) / 1000
            village = region[: scope.PADDED]
            yield Sensor(village, gateway, float(interval), last, station, number)


def _own(rows: "QuerySet[Any]", column: str, post: str) -> "QuerySet[Any]":
    """Keep what went to the post that owes the call: the duty room above lives elsewhere."""
    debtor = Obligation.objects.filter(pk=OuterRef(column)).values("debtor_id")
    return rows.filter(**{post: Subquery(debtor)})


def _sent(calls: "QuerySet[Obligation]") -> Iterator[Sent]:
    """Read the messages a receipt comes for: to telephones, and to the loudspeakers of a village.

    Those to the levels above are read as well: they show whether receipts come at all.
    """
    left = Q(sent_at__isnull=False) | Q(delivered_at__isnull=False)
    rows = (
        Message.objects.filter(left, purpose_kind="obligation", purpose__in=calls.values("pk"))
        .exclude(state__in=IDLE)
        .annotate(left=spelled("sent_at"), came=spelled("delivered_at"), over=spelled("ended_at"))
    )
    columns = (
        "region", "channel", "carrier", "person", "post", "state", "reason", "left", "came", "over",
    )  # fmt: skip
    for region, name, carrier, person, post, state, reason, *moments in _own(
        rows, "purpose", "post"
    ).values_list(*columns):
        channel = channel_of(name)
        if not _is_confirmed(channel, person):
            continue  # no receipt ever comes
        sent, delivered, ended = map(moment, moments)
        at = sent or delivered
        if at is None or (state == "failed" and reason != UNDELIVERED):
            continue  # a number that does not exist says nothing of the village
        proved = delivered is not None or channel.reaches(state)
        proved_at = (delivered or ended or at).timestamp() if proved else 0.0
        yield Sent(
            region[: scope.PADDED], carrier or name, at.timestamp(), proved,
            person=person or post, proved_at=proved_at, failed=reason == UNDELIVERED,
        )  # fmt: skip


def _is_confirmed(channel: Channel, person: str) -> bool:
    whose = bool(person) or channel.needs == "device"
    return channel.reliable and channel.proves == "delivered" and whose


def _rung(calls: "QuerySet[Obligation]") -> Iterator[Sent]:
    """Read what whoever dialled heard: it rang, or the telephone is off or out of reach."""
    dialled = [key for key, one in CHANNELS.items() if one.by_hand and not one.knocks]
    rows = Attempt.objects.filter(
        message__purpose_kind="obligation", message__purpose__in=calls.values("pk"),
        message__channel__in=dialled,
    ).exclude(message__person="")  # fmt: skip
    columns = ("message__region", "carrier", "message__person", "outcome", "reason", "began_at")
    for region, carrier, person, outcome, reason, began in _own(
        rows, "message__purpose", "message__post"
    ).values_list(*columns):
        rang = outcome == "connected" or reason in RANG
        if rang or reason == OFF:
            yield Sent(
                region[: scope.PADDED], carrier, began.timestamp(), rang, reason == OFF, person
            )


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
