"""Finding villages that fall silent: a row, a fact, a debt of the duty room above, and their end.

Looked at twice a minute while anybody is called, and once a minute for villages where nobody is:
there only sensors can tell. Since when somebody has looked and values came in at all is kept:
silence is counted from then, so that a break of our own accuses nobody.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from django.db import transaction

from anlan.base.journal.services import record
from anlan.base.obligations.services import Debt, owe, settle
from anlan.base.outbox.services import publish
from anlan.base.people import selectors as people
from anlan.base.people.models import Post
from anlan.base.permissions.actor import Actor
from anlan.base.regions import scope
from anlan.kernel import clock
from anlan.sense.events import Level
from anlan.warn import deed_names
from anlan.warn.events import VillageSilent
from anlan.warn.models import Alert, Lookout, SilentVillage
from anlan.warn.selectors.board.seats import calls_of
from anlan.warn.selectors.heard import heard_besides
from anlan.warn.selectors.pace import paced
from anlan.warn.selectors.signs import (
    bare_scene,
    called_posts,
    scene_of,
    sensors_heard,
    whole_scene,
)
from anlan.warn.silence import (
    Limits,
    Posts,
    Scene,
    Silence,
    last_heard,
    long_silent,
    quiet_villages,
    silent_villages,
    suspects,
)

KIND = "village-silent"
#: Looks further apart than this are a break.
BREAK = timedelta(minutes=2)
#: So many villages are looked at by themselves before all others are.
FEW = 12

Judge = Callable[[Scene, Limits], list[Silence]]


def watch_villages(*, by: Actor) -> list[str]:
    """Find villages that have fallen silent, and those that are heard again; ids of the new."""
    posts, limits = called_posts(), Limits.read()
    since = _look(bool(posts))
    standing = SilentVillage.objects.filter(over_at=None)
    now = clock.now().timestamp()
    watched = set(standing.exclude(root="").values_list("root", flat=True))
    asked = watched | {root for root, own in posts.items() if long_silent(own, now, limits)}
    found: list[str] = []
    sensors = tuple(sensors_heard()) if asked else ()
    for root in sorted(asked & posts.keys()):
        bare = bare_scene(root, posts[root], sensors, since)
        if root not in watched and not _suspicious(root, bare, limits):
            continue
        seen = whole_scene(root, bare)
        _end_heard(root, seen, by)
        known = set(standing.exclude(root="").values_list("region_id", flat=True))
        found += [_found(root, one, by) for one in _sure(silent_villages, seen, limits, known)]
    _end_uncalled(posts, by)
    return found


def _suspicious(root: str, bare: Scene, limits: Limits) -> bool:
    """Tell whether all tries of a chain are worth reading: it calls hundreds of villages."""
    found = suspects(bare, limits)
    if 0 < len(found) <= FEW:
        found &= suspects(scene_of(root, bare, found), limits)
    return bool(found)


def watch_quiet_villages(*, by: Actor) -> list[str]:
    """Find villages whose sensors have all stopped though nobody waits for them; ids of the new."""
    limits, since = Limits.read(), _look(True)
    seen = Scene(
        now=clock.now().timestamp(), listening_since=since.timestamp(),
        posts=_merged(called_posts().values()), sensors=tuple(sensors_heard()), sent=(),
    )  # fmt: skip
    standing = SilentVillage.objects.filter(over_at=None)
    _end_heard("", seen, by)
    known = set(standing.values_list("region_id", flat=True))
    return [_found("", one, by) for one in _sure(quiet_villages, seen, limits, known)]


def _sure(judge: Judge, seen: Scene, limits: Limits, known: Collection[str]) -> list[Silence]:
    """Find the villages nobody knows of yet; those that look silent are looked at once more.

    With what is not read of every village each time: whether its people stirred in another way,
    and how often its sensors really report.
    """
    new = {one.village for one in judge(seen, limits) if one.village not in known}
    if not new:
        return []
    closer = replace(_listened(seen, heard_besides(new)), sensors=tuple(paced(seen.sensors, new)))
    return [one for one in judge(closer, limits) if one.village in new]


def _listened(seen: Scene, heard: Mapping[str, float]) -> Scene:
    """Add to a scene when people of some called villages were heard besides."""
    posts = {
        village: one._replace(lived=max(one.lived, heard.get(village, 0.0)))
        for village, one in seen.posts.items()
    }
    return replace(seen, posts=posts)


def _merged(chains: Iterable[Mapping[str, Posts]]) -> dict[str, Posts]:
    """Put together what several alerts call in one village."""
    found: dict[str, Posts] = {}
    for chain in chains:
        for village, own in chain.items():
            found[village] = own.and_of(found[village]) if village in found else own
    return found


def _look(needed: bool) -> datetime:
    """Note that somebody looks now; tells since when that has been so without a break."""
    now = clock.now()
    row = Lookout.objects.filter(pk=1).first()
    since = row.since if row is not None and now - BREAK <= row.looked_at <= now else now
    if needed:
        with transaction.atomic():
            Lookout.objects.update_or_create(pk=1, defaults={"since": since, "looked_at": now})
    return since


@transaction.atomic
def _found(root: str, silence: Silence, by: Actor) -> str:
    alert = Alert.objects.filter(root=root, issued_at__isnull=False).order_by("-id").first()
    now = clock.now()
    for quiet in SilentVillage.objects.filter(region=silence.village, over_at=None):
        _over(quiet, "called", by)  # from now on its call tells more
    row = SilentVillage(
        region_id=silence.village, alert=alert, root=root, case=alert.case if alert else "",
        since=datetime.fromtimestamp(silence.since, UTC), found_at=now,
        evidence=_evidence(silence),
    )  # fmt: skip
    row.obligation = _owe(row, by)
    row.save(force_insert=True)
    _note(row, "silent", by, row.evidence)
    publish(
        VillageSilent(
            case=row.case, village=row.pk, alert=alert.pk if alert else "",
            hazard=alert.hazard if alert else "",
            level=cast("Level | None", alert.level) if alert else None, region=row.region_id,
            posts=silence.posts.called, since=row.since, found_at=now,
        )
    )  # fmt: skip
    return row.pk


def _evidence(silence: Silence) -> dict[str, Any]:
    return {
        "posts": silence.posts.called,
        "sensors": {"says": silence.sensors.says, "n": silence.sensors.n},
        "phones": {"says": silence.phones.says, "n": silence.phones.n},
    }


def _owe(row: SilentVillage, by: Actor) -> str:
    """Make the duty room above the village owe a look; "" where nobody sits there."""
    if row.root:
        title = f"{row.region.name}失联：无人应答，电话和监测都没有动静，请派人查看"
        called = scope.below(calls_of(row.root), row.region_id).order_by("pk")
        posts = list(called.values_list("debtor", flat=True)[:1])
    else:
        title = f"{row.region.name}监测全断：几个测站都没有数据，请打电话问一问"
        own = scope.below(Post.objects.filter(retired_at=None), row.region_id).order_by("pk")
        posts = list(own.values_list("pk", flat=True)[:1])
    room = next(iter(people.reach(posts, "duty-above").values()), [])
    if not room:
        return ""
    debt = Debt(
        kind=KIND, title=title, debtor=room[0], region=row.region_id, subject=(KIND, row.pk),
        case=row.case,
    )  # fmt: skip
    return owe(debt=debt, by=by)


def _end_heard(root: str, seen: Scene, by: Actor) -> None:
    """End what shows life again, by whatever sign, since it was found."""
    standing = list(SilentVillage.objects.filter(root=root, over_at=None))
    if not standing:
        return
    heard = last_heard(_listened(seen, heard_besides([row.region_id for row in standing])))
    for row in standing:
        if heard.get(row.region_id, 0.0) > row.found_at.timestamp():
            _over(row, "heard", by)


def _end_uncalled(roots: Collection[str], by: Actor) -> None:
    for row in SilentVillage.objects.filter(over_at=None).exclude(root__in=["", *roots]):
        _over(row, "ended", by)


@transaction.atomic
def _over(row: SilentVillage, why: str, by: Actor) -> None:
    now = clock.now()
    ended = SilentVillage.objects.filter(pk=row.pk, over_at=None).update(over_at=now, over_why=why)
    if ended:
        settle(kind=KIND, subjects=[(KIND, row.pk)], by=by, done=False)
        _note(row, "heard", by, {"why": why})


def _note(row: SilentVillage, verb: str, by: Actor, facts: Mapping[str, Any]) -> None:
    record(
        deed=deed_names.VILLAGE[verb], by=by, subject=("village-silent", row.pk),
        region=row.region_id, case=row.case, facts=dict(facts), topic=deed_names.TOPIC,
    )  # fmt: skip
