"""Posts that are called, their holders, and alerts as they stand when they have gone out."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from anlan.base.obligations.models import Obligation
from anlan.base.obligations.services import Reply, answer
from anlan.base.people.models import Holding, Person, Phone, Post, Unit
from anlan.base.regions import scope
from anlan.base.vault import services as vault
from anlan.comms.services import queue_rungs
from anlan.kernel import clock
from anlan.kernel.ids import new_id
from anlan.warn.models import Alert, CallRound
from anlan.warn.services import calls
from anlan.warn.tests.conftest import A1, A2, B1, B2, BY, COUNTY, EAST, N1, NEIGHBOUR, WEST, row

GRID = f"{A1}001"

#: code, role, region, hazards. Whoever holds P-x is person x; posts in VACANT nobody holds.
POSTS: list[tuple[str, str, str, tuple[str, ...]]] = [
    ("C-HEAD", "commander", COUNTY, ()),
    ("C-DEPUTY", "deputy-commander", COUNTY, ()),
    ("C-BUREAU", "bureau-head", COUNTY, ()),
    ("C-WATER", "department-liaison", COUNTY, ("rainstorm", "flood")),
    ("C-FOREST", "department-liaison", COUNTY, ("forest-fire",)),
    ("W-HEAD", "township-head", WEST, ()),
    ("W-DEPUTY", "township-deputy", WEST, ()),
    ("W-DUTY2", "duty-officer", WEST, ()),
    ("E-HEAD", "township-head", EAST, ()),
    ("E-DEPUTY", "township-deputy", EAST, ()),
    ("A1-HEAD", "village-head", A1, ()),
    ("A1-MOVE", "transfer-responsible", A1, ("rainstorm", "geological")),
    ("A1-QUAKE", "geohazard-watcher", A1, ("geological",)),
    ("A1-CADRE", "stationed-cadre", A1, ()),
    ("A2-HEAD", "village-head", A2, ()),
    ("A2-CLERK", "reporter", A2, ()),
    ("B1-HEAD", "village-head", B1, ()),
    ("B2-HEAD", "village-head", B2, ()),
    ("N1-HEAD", "village-head", N1, ()),
]
VACANT = ("A2-HEAD",)
#: Posts a red rainstorm alert for the west calls: named by hand, not computed.
WEST_RED = {
    "C-HEAD", "C-DEPUTY", "C-BUREAU", "C-WATER", "P-CHIEF", "W-HEAD", "W-DEPUTY", "P-WEST",
    "A1-HEAD", "A1-MOVE", "A1-CADRE", "A2-HEAD", "P-A1",
}  # fmt: skip


def make_posts() -> dict[str, Post]:
    """Make the posts and who holds them; returns all posts there are, by code."""
    units = {unit.region_id: unit for unit in Unit.objects.all()}
    for code, role, region, hazards in POSTS:
        unit = units[NEIGHBOUR if region == N1 else COUNTY]
        post = Post.objects.create(
            **row(code=code, title=code, unit=unit, role=role, region_id=region,
                  hazards=list(hazards))
        )  # fmt: skip
        if code not in VACANT:
            hold(post, code)
    for code in ("P-DUTY", "P-WEST", "P-A1", "P-CHIEF"):
        hold(Post.objects.get(code=code), code)
    return {post.code: post for post in Post.objects.all()}


def give_telephones() -> None:
    """Give everybody a telephone."""
    for number, person in enumerate(Person.objects.order_by("code")):
        key = new_id()
        sealed = vault.seal(key, f"139000{number:05}")
        Phone.objects.create(
            **row(id=key, person=person, rank=1, kind="mobile", number=sealed,
                  region_id=person.region_id)
        )  # fmt: skip


def hold(post: Post, name: str, rank: str = "A") -> str:
    """Let a new person hold a post."""
    key = new_id()
    Person.objects.create(
        **row(id=key, code=f"{name}-{rank}", name=vault.seal(key, name), unit=post.unit,
              region_id=post.region_id)
    )  # fmt: skip
    Holding.objects.create(
        **row(post=post, person_id=key, rank=rank, since=date(2020, 1, 1), region_id=post.region_id)
    )
    return key


def issued(
    *,
    level: int | None = 1,
    regions: Sequence[str] = (WEST,),
    action: str = "issue",
    previous: Alert | None = None,
    **more: Any,
) -> Alert:
    """Make an alert as it stands once it went out; what it replaces gives way."""
    now = clock.now()
    values: dict[str, Any] = {
        "kind": "weather-signal", "hazard": "rainstorm", "level": level, "action": action,
        "title": "云屿县气象台发布暴雨预警信号", "text": "预计未来3小时我县有100毫米以上降水。",
        "station": "云屿县气象台", "regions": list(regions),
        "region_id": regions[0] if len(regions) == 1 else COUNTY,
        "state": "ended" if action in ("cancel", "withdraw") else "issued", "previous": previous,
        "case": previous.case if previous else new_id(), "drafted_at": now, "drafted_by": "x",
        "issued_at": now, "issued_by": "user:duty-officer", "sent_at": now,
        "expires_at": now + timedelta(hours=12), "identifier": new_id(),
    }  # fmt: skip
    alert = Alert(**{**values, **more})
    alert.root = previous.root if previous else alert.pk
    alert.save(force_insert=True)
    if previous is not None:
        over = "cancelled" if alert.state == "ended" else "updated"
        Alert.objects.filter(pk=previous.pk).update(state=over, ended_at=now)
    return alert


def call(alert: Alert) -> CallRound:
    """Open an alert's calls as handler and job do."""
    round_ = calls.begin_calls(alert=alert.pk, by=BY)
    calls.fill_round(round_=round_, by=BY)
    return CallRound.objects.get(pk=round_)


def called(round_: CallRound | None = None, *, owing: bool = False) -> set[str]:
    """List the codes of the posts called, in a round or at all; `owing`: those that still owe."""
    rows = Obligation.objects.filter(kind="call")
    if round_ is not None:
        rows = rows.filter(subject=round_.pk)
    if owing:
        rows = rows.filter(closed_at=None)
    return set(rows.values_list("debtor__code", flat=True))


def owed(code: str, round_: CallRound | None = None) -> Obligation:
    """Find the newest call of a post."""
    rows = Obligation.objects.filter(kind="call", debtor__code=code)
    if round_ is not None:
        rows = rows.filter(subject=round_.pk)
    found = rows.order_by("-id").first()
    assert found is not None, code
    return found


def brute_force(alert: Alert, caller: str) -> set[str]:
    """Compute whom a red alert calls, another way: every post by every rule, digit by digit."""
    from anlan import codes

    levels = {"province": 2, "city": 4, "county": 6, "township": 9, "village": 12, "grid": 15}
    found = set()
    for post in Post.objects.filter(retired_at=None):
        digits = len(scope.prefix(post.region_id))
        own = post.region_id[:digits]
        covered = any(own.startswith(scope.prefix(code)) for code in alert.regions)
        above = any(code.startswith(own) for code in alert.regions)
        below_caller = own.startswith(scope.prefix(caller))
        if not (covered or (above and below_caller)):
            continue
        if post.hazards and alert.hazard not in post.hazards:
            continue
        for rule in codes.table("call-rules"):
            places = {levels[at] for at in rule.several("at")}
            hazards = rule.several("hazards")
            if (
                rule.text("level") == str(alert.level)
                and rule.text("role") == post.role
                and digits in places
                and (not hazards or alert.hazard in hazards)
            ):
                found.add(post.code)
    return found


def at_night(day: date = date(2026, 8, 3), hour: int = 22) -> datetime:
    """Tell an instant on the wall of the county."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=clock.LOCAL_ZONE)


def answered(code: str, reply: str = "received") -> None:
    """Answer a call as the one who owes it would."""
    answer(obligation=owed(code).pk, by=BY, reply=Reply(answers={"reply": reply}))


def told() -> None:
    """Queue messages for every rung taken, as comms does."""
    rows = list(Obligation.objects.filter(rung__gt=0).values_list("pk", "rung"))
    queue_rungs(obligations=[pk for pk, _ in rows], rungs=[rung for _, rung in rows], by=BY)


def call_the_county() -> Alert:
    """Call everybody and queue the messages of the first rung."""
    alert = issued(regions=(COUNTY,))
    call(alert)
    rows = list(Obligation.objects.filter(kind="call").values_list("pk", "rung"))
    queue_rungs(obligations=[pk for pk, _ in rows], rungs=[rung for _, rung in rows], by=BY)
    return alert


def watched(
    minutes: int,
    passing: Callable[..., datetime],
    intake: Callable[..., None],
    but: tuple[str, ...],
) -> list[str]:
    """Let time go by: sensors report each minute, somebody looks twice a minute."""
    found = []
    for half in range(minutes * 2):
        passing(seconds=30)
        if half % 2:
            intake(but=but)
        found += calls.watch_villages(by=BY)
    return found
