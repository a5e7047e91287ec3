"""Testing on a quiet day whether the numbers on file reach anybody (畅通测试)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction

from anlan.base.journal.services import record
from anlan.base.people import selectors as people
from anlan.base.people.models import Post
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import permit
from anlan.base.regions import scope
from anlan.base.regions.models import Region
from anlan.comms.channels import CHANNELS
from anlan.comms.deed_names import PLANNED, TESTED, TOPIC, UNPLANNED
from anlan.comms.models import Readiness, ReadinessPlan
from anlan.comms.purposes import Purpose, Told, declare_purpose
from anlan.comms.rights import SEND
from anlan.comms.services.queueing import Draft, queue_messages
from anlan.comms.standing import PREFIX
from anlan.comms.wording import Wording, declare_wording
from anlan.kernel import clock, workspace
from anlan.kernel.errors import Conflict, Invalid, Missing

PURPOSE = "readiness"
#: After everything that somebody waits for.
PRIORITY = 30_000
#: How long a test waits for proof.
LASTS = timedelta(hours=24)
#: The longest time between two tests of a plan, in days.
LONGEST_DAYS = 366
MOST_POSTS = 50_000


@dataclass(frozen=True, kw_only=True)
class NumberTest:
    """What is tested: the posts of a region, of some duties, through one channel."""

    title: str
    region: str
    channel: str = "sms"
    roles: Sequence[str] = ()


def start_test(*, test: NumberTest, by: Actor, plan: str = "") -> str:
    """Send everybody who holds a post there a test; returns its id.

    Posts nobody holds are noted: they cannot even be tried. Raises `Invalid` when there is nobody.
    """
    permit(by, SEND, test.region)
    _check(test)
    posts = _posts(test)
    if not posts:
        raise Invalid("这里没有岗位可测", errors={"region": ["这里没有岗位"]})
    if len(posts) > MOST_POSTS:
        raise Invalid(f"一次最多测 {MOST_POSTS} 个岗位", errors={"region": ["范围太大"]})
    now = clock.now()
    holders = {held.post: held.person for held in reversed(people.holdings_on(list(posts)))}
    with transaction.atomic():
        row = Readiness.objects.create(
            plan_id=plan or None, title=test.title.strip(), region=test.region,
            roles=list(test.roles), channel=test.channel, began_at=now, began_by=by.ref,
            closes_at=now + LASTS, vacant=sorted(set(posts) - set(holders)),
        )  # fmt: skip
        record(
            deed=TESTED, by=by, subject=("readiness", row.pk), region=test.region,
            facts={"channel": test.channel, "posts": len(posts), "vacant": len(row.vacant)},
            topic=TOPIC,
        )  # fmt: skip
    queue_messages(drafts=_drafts(row, posts, holders), by=by)
    return row.pk


def _check(test: NumberTest) -> None:
    errors: dict[str, list[str]] = {}
    if not test.title.strip() or len(test.title) > 60:
        errors["title"] = ["1 到 60 个字"]
    if not Region.objects.filter(code=test.region).exists():
        errors["region"] = ["没有这个地区"]
    channel = CHANNELS.get(test.channel)
    if channel is None or channel.at_once or channel.to_place or channel.knocks:
        errors["channel"] = ["这个渠道没有号码可测"]
    if errors:
        raise Invalid("有几处需要改正", errors=errors)


def _posts(test: NumberTest) -> dict[str, str]:
    """List the posts that are tested, and their regions."""
    live = scope.below(Post.objects.filter(retired_at=None), test.region)
    if test.roles:
        live = live.filter(role__in=list(test.roles))
    return dict(live.values_list("pk", "region_id"))


def _drafts(row: Readiness, posts: Mapping[str, str], holders: Mapping[str, str]) -> list[Draft]:
    """One message a person, however many posts they hold."""
    by_hand = CHANNELS[row.channel].by_hand
    persons: dict[str, str] = {}
    for post, person in holders.items():
        persons.setdefault(person, post)
    return [
        Draft(
            purpose=(PURPOSE, row.pk), channel=row.channel, region=posts[post], kind=PURPOSE,
            post=post, person=person, priority=PRIORITY, expires_at=row.closes_at,
            state="manual" if by_hand else "queued",
        )
        for person, post in persons.items()
    ]  # fmt: skip


def plan_test(*, test: NumberTest, every_days: int, by: Actor) -> str:
    """Test now and again every so many days; returns the plan's id."""
    permit(by, SEND, test.region)
    _check(test)
    if not 1 <= every_days <= LONGEST_DAYS:
        why = f"1 到 {LONGEST_DAYS} 天"
        raise Invalid("间隔不对", errors={"every_days": [why]})
    now = clock.now()
    with transaction.atomic():
        plan = ReadinessPlan.objects.create(
            title=test.title.strip(), region=test.region, roles=list(test.roles),
            channel=test.channel, every_days=every_days,
            next_at=now + timedelta(days=every_days), made_at=now, made_by=by.ref,
        )  # fmt: skip
        record(
            deed=PLANNED, by=by, subject=("readiness-plan", plan.pk), region=test.region,
            facts={"channel": test.channel, "every_days": every_days}, topic=TOPIC,
        )  # fmt: skip
    return plan.pk


def end_plan(*, plan: str, by: Actor) -> None:
    """Test no more of itself."""
    with transaction.atomic():
        row = ReadinessPlan.objects.select_for_update().filter(pk=plan).first()
        if row is None:
            raise Missing("没有这个测试安排")
        permit(by, SEND, row.region)
        if row.ended_at is not None:
            raise Conflict("这个安排已经停止")
        ReadinessPlan.objects.filter(pk=plan).update(ended_at=clock.now())
        record(
            deed=UNPLANNED, by=by, subject=("readiness-plan", plan), region=row.region, topic=TOPIC
        )


def start_due_tests(*, by: Actor) -> int:
    """Start the planned tests that are due and end those whose time is over; returns how many."""
    now = clock.now()
    with transaction.atomic():
        Readiness.objects.filter(ended_at=None, closes_at__lte=now).update(ended_at=now)
    started = 0
    for plan in ReadinessPlan.objects.filter(ended_at=None, next_at__lte=now):
        with transaction.atomic():
            following = now + timedelta(days=plan.every_days)
            # Whoever moves the date starts it; a second worker finds it moved.
            moved = ReadinessPlan.objects.filter(
                pk=plan.pk, ended_at=None, next_at=plan.next_at
            ).update(next_at=following)
            if not moved:
                continue
            test = NumberTest(
                title=plan.title, region=plan.region, channel=plan.channel, roles=plan.roles
            )
            start_test(test=test, by=by, plan=plan.pk)
            started += 1
    return started


def _wanted(ids: Collection[str]) -> set[str]:
    return set(
        Readiness.objects.filter(pk__in=list(ids), ended_at=None).values_list("pk", flat=True)
    )


def _told(ids: Collection[str]) -> Mapping[str, Told]:
    prefix = PREFIX[workspace.current().kind]
    rows = list(Readiness.objects.filter(pk__in=list(ids)).values_list("pk", "title", "region"))
    regions = dict(
        Region.objects.filter(code__in={code for _, _, code in rows}).values_list("code", "name")
    )
    return {
        pk: {"title": title, "kind": "畅通测试", "brief": "畅通测试",
             "region": regions.get(code, ""), "workspace": prefix}
        for pk, title, code in rows
    }  # fmt: skip


declare_purpose(
    Purpose(
        key=PURPOSE,
        title="畅通测试",
        title_en="Test of the numbers",
        wanted=_wanted,
        told=_told,
    )
)
declare_wording(
    PURPOSE,
    Wording(
        short="{workspace}【畅通测试】{region}应急通讯测试，不是真实预警。收到请回复1，不必做别的。",
        spoken="{workspace}{region}应急通讯测试，不是真实预警。能听到就好。",
        subject="{workspace}{region}应急通讯测试",
        long="这是{region}的应急通讯测试，不是真实预警。收到请回复“收到”，不必做别的。",
    ),
)
