"""One-off orders (交办单): who is to do what by when, within a response or without."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from anlan.base.journal.services.recording import record
from anlan.base.obligations import services as obligations
from anlan.base.people.models import Post
from anlan.base.people.selectors import addressed
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may, permit
from anlan.kernel import clock
from anlan.kernel.errors import Conflict, Invalid, Missing
from anlan.respond.responses import deed_names
from anlan.respond.responses.models import Order, Response
from anlan.respond.responses.services.stepping import within
from anlan.respond.responses.states import CHECKED_ORDER, ORDER

LONGEST = 4000


@dataclass(frozen=True, kw_only=True)
class Given:
    """What is ordered: of these posts, or of every post of some roles in some regions."""

    title: str
    body: str = ""
    response: str = ""
    posts: Sequence[str] = ()
    regions: Sequence[str] = ()
    roles: Sequence[str] = ()
    due_at: datetime | None = None
    checked: bool = False
    #: The post that verifies it (核实人); one of those who do it verifies nothing.
    verifier: str = ""
    photo: bool = False
    #: Chosen by the page: pressing twice is one order.
    once: str = ""


def give_order(*, given: Given, by: Actor) -> str:
    """Give an order; returns its id. Each post signs for it, reports, and is verified if asked."""
    _check(given)
    with transaction.atomic():
        once = f"{by.ref}:{given.once}"[:80] if given.once else None
        old = Order.objects.filter(once=once).first() if once else None
        if old is not None:
            return old.pk
        response = _response(given.response, by)
        posts = _posts(given)
        row = Order(
            title=given.title.strip()[:200], response=response, due_at=given.due_at,
            checked=given.checked, verifier_id=_verifier(given, posts), photo=given.photo,
            given_at=clock.now(), given_by=by.ref,
            region_id=response.region_id if response else min(region for _, region in posts),
            case=response.case if response else "", once=once,
        )  # fmt: skip
        row.save(force_insert=True)
        kind = CHECKED_ORDER if given.checked else ORDER
        done = within(given.due_at, row.given_at)
        debts = [
            obligations.Debt(
                kind=kind, title=row.title, body=_body(given), debtor=post,
                region=region, subject=(deed_names.ORDER_SUBJECT, row.pk), case=row.case,
                answer_within=done, done_within=done, once=f"order:{row.pk}:{post}",
            )
            for post, region in posts
        ]  # fmt: skip
        obligations.owe_many(debts=debts, by=by, start=True)
        record(
            deed=deed_names.ORDERED, by=by, subject=(deed_names.ORDER_SUBJECT, row.pk),
            region=row.region_id, case=row.case, topic=deed_names.TOPIC,
            facts={"posts": [post for post, _ in posts], "response": given.response,
                   "checked": given.checked, "verifier": given.verifier},
        )  # fmt: skip
    return row.pk


def _body(given: Given) -> str:
    """Write what is asked, with the picture where one is wanted."""
    lines = [given.body.strip()[:LONGEST], "请附照片。" if given.photo else ""]
    return "\n".join(line for line in lines if line)


def _check(given: Given) -> None:
    errors: dict[str, list[str]] = {}
    if not given.title.strip():
        errors["title"] = ["请写明要办什么"]
    if given.due_at is not None and (given.due_at.tzinfo is None or given.due_at <= clock.now()):
        errors["due_at"] = ["完成期限应晚于现在"]
    if given.checked and not given.verifier:
        errors["verifier"] = ["请选择谁来核实"]
    if not given.posts and not (given.regions and given.roles):
        errors["posts"] = ["请选择交给谁"]
    if errors:
        raise Invalid("有几处需要改正", errors=errors)


def _verifier(given: Given, posts: Sequence[tuple[str, str]]) -> str | None:
    """Find the post that verifies; `Invalid` where it is none, or one of those who do it."""
    if not given.checked:
        return None
    if given.verifier in {post for post, _ in posts}:
        why = "办的人不能核实自己，请换一个岗位核实"
        raise Invalid(why, errors={"verifier": [why]})
    if not Post.objects.filter(pk=given.verifier, retired_at=None).exists():
        raise Invalid("没有这个岗位", errors={"verifier": ["请重新选择谁来核实"]})
    return given.verifier


def _response(response: str, by: Actor) -> Response | None:
    if not response:
        return None
    row = Response.objects.select_for_update().filter(pk=response).first()
    if row is None or not may(by, "responses.view", row.region_id):
        raise Missing("没有这个响应")
    permit(by, "responses.order", row.region_id)
    if row.ended_at is not None:
        raise Conflict("这个响应已经结束")
    return row


def _posts(given: Given) -> list[tuple[str, str]]:
    """List the posts with their regions; `Invalid` when one is not there or none is."""
    found = dict(addressed(posts=given.posts, regions=given.regions, roles=given.roles))
    known = Post.objects.filter(pk__in=given.posts, retired_at=None).count()
    if not found or known != len(set(given.posts)):
        raise Invalid("没有找到要交给的岗位", errors={"posts": ["请重新选择交给谁"]})
    return sorted(found.items())
