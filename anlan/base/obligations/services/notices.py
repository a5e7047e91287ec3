"""Notices (通知): written once, owed by many, each signature on record."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from anlan.base.cases.services import open_case
from anlan.base.obligations.ladders import Span
from anlan.base.obligations.services.owing import Debt, owe_many
from anlan.base.people import selectors as people
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import permit
from anlan.base.regions import scope
from anlan.kernel.errors import Invalid

#: More than this many recipients is a broadcast, which belongs to warnings.
MOST = 20_000


@dataclass(frozen=True, kw_only=True)
class Notice:
    """What is to be told, and to whom: posts by id, or every post of some roles in some regions."""

    title: str
    body: str = ""
    posts: Sequence[str] = ()
    regions: Sequence[str] = ()
    roles: Sequence[str] = ()
    answer_within: Span | None = None
    urgent: bool = False


@dataclass(frozen=True)
class Sent:
    """The matter a notice opened and how many owe a signature."""

    case: str
    obligations: int


def send_notice(*, notice: Notice, by: Actor) -> Sent:
    """Send a notice; everybody addressed owes a signature, and who does not answer is climbed.

    Raises `Invalid` when it has no title or reaches nobody, `Forbidden` when one of the addressed
    lies outside the sender's regions.
    """
    if not notice.title.strip():
        raise Invalid("通知要有标题", errors={"title": ["通知要有标题"]})
    posts = people.addressed(posts=notice.posts, regions=notice.regions, roles=notice.roles)
    if not posts:
        raise Invalid("没有选到任何岗位", errors={"posts": ["没有选到任何岗位"]})
    if len(posts) > MOST:
        raise Invalid(f"一次最多通知 {MOST} 个岗位", errors={"posts": ["收件岗位太多"]})
    for region in {region for _, region in posts}:
        permit(by, "notices.send", region)
    # One transaction up to a batch; a longer list is finished by calling again with the same case.
    with transaction.atomic():
        case = open_case(hazard="", region=_joint([r for _, r in posts]), title=notice.title, by=by)
        debts = [
            Debt(
                kind="notice",
                title=notice.title,
                body=notice.body,
                debtor=post,
                region=region,
                case=case,
                subject=("case", case),
                ladder="urgent-notice" if notice.urgent else "",
                answer_within=notice.answer_within,
                once=f"notice:{case}:{post}",
            )
            for post, region in posts
        ]
        owe_many(debts=debts, by=by)
    return Sent(case, len(debts))


def _joint(codes: Sequence[str]) -> str:
    low, high = min(codes), max(codes)
    for length in reversed(scope.LENGTHS):
        if low[:length] == high[:length]:
            return scope.pad(low[:length])
    raise Invalid("收件岗位跨省，请分别通知", errors={"regions": ["不能跨省"]})
