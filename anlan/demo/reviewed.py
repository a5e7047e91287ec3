"""A heavy rain of the day before yesterday: answered by a response that a person ended, in review.

A warning came first (see `forewarned`). Started by the commander for one township, by the demo
county's plan; signed for and reported by simulated people as in a storm's replay, some late, some
never; what nobody had done was struck off with a reason, and the end opened the review. Everything
goes through the deeds of the platform itself; only the clock is set back while it happens.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any, Final

from anlan.base.obligations import services as obligations
from anlan.base.obligations.kinds import KINDS
from anlan.base.obligations.models import Obligation
from anlan.base.obligations.selectors import form_in, forms_of
from anlan.base.people.models import Post
from anlan.base.permissions.actor import Actor, system
from anlan.base.permissions.models import User
from anlan.base.permissions.selectors import actor_of
from anlan.demo import forewarned
from anlan.demo.answering import filled
from anlan.demo.days.recording import in_ms
from anlan.demo.losses import AGO
from anlan.demo.replay.people import People
from anlan.demo.warnings import set_back
from anlan.kernel import clock
from anlan.kernel.errors import Missing
from anlan.learn import services as learn
from anlan.learn.models import Review
from anlan.learn.selectors.delays import delays
from anlan.plans.models import Plan
from anlan.respond.responses import services
from anlan.respond.responses.models import Response
from anlan.respond.responses.states import CHECK

#: Accounts (see `users.USERS`): who starts and ends it, who begins to write its review, and who
#: had passed the warning on.
COMMANDER, SECTION, DUTY = "zhihui", "keshi", "duty"
PLAN, KEY, STAGE = "typhoon-flood", "flood", "4"
#: Minutes before now: the rain began when its losses did (see `losses`).
BEGAN: Final = AGO.total_seconds() / 60
#: Minutes after the start: it is ended, and what follows the end is done.
ENDED, OVER = 9 * 60, 30 * 60
#: People speak at the end of so many minutes, before the end and after it.
STEP, LATER = 10, 60
SEED: Final = 722
REASON_START = "（演示）短时强降雨，两处河道站超警戒，会商决定启动"
REASON_STRUCK = "（演示）雨停水退，没有办完的不再要求"
REASON_END = "（演示）预警解除，水位回落到警戒以下，会商决定结束"
TOLD = "（演示）电话反馈：已办"
#: Post that is to act on the lessons.
MENDER = "339901-sl-1"
#: What each of the slowest steps teaches: what it is about, and what is to be done.
ADVICE: Final = (
    ("plan", "核对这一步的时限和前后顺序，做不到的改预案，做得到的列入演练"),
    ("response", "提前备好模板和名单，并明确 A、B 岗谁在岗谁来办"),
)


def start_review(county: str, town: str) -> int:
    """Let it all happen and its review begin; tell how many steps were owed. Twice is once."""
    if Review.objects.filter(response__region=town).exists():  # an earlier load came this far
        return 0
    people = {
        user.username: user for user in User.objects.filter(username__in=(COMMANDER, SECTION, DUTY))
    }
    plan = Plan.objects.filter(region=county, code=PLAN, active__isnull=False).first()
    if len(people) < 3 or plan is None:
        raise Missing("演示用户 zhihui、keshi、duty 或演示预案不全")
    commander, section = actor_of(people[COMMANDER]), actor_of(people[SECTION])
    crowd = People(SEED, (), everybody=True)
    try:
        forewarned.warn(town, crowd, _at, actor_of(people[DUTY]), commander)
        with _at(0):
            start = services.Start(
                plan=plan.pk, key=KEY, stage=STAGE, regions=(town,), reason=REASON_START
            )
            response = services.start_response(start=start, by=commander)
        _live(response, crowd, range(STEP, ENDED, STEP))
        forewarned.expire(_at)
        with _at(ENDED):
            _end(response, commander)
        _live(response, crowd, range(ENDED + STEP, OVER, LATER))
        with _at(OVER):
            _ask_the_rest(response, section, commander)
            _review(response, section)
    finally:
        clock.use(None)
    return Obligation.objects.filter(case=_case(response)).count()


def _at(minutes: float) -> AbstractContextManager[datetime]:
    """Set the clock so many minutes after the start."""
    return set_back(BEGAN - minutes)


def _case(response: str) -> str:
    return Response.objects.values_list("case", flat=True).get(pk=response)


def _live(response: str, crowd: People, minutes: Sequence[int]) -> None:
    """Let people speak, and make owed what waited for them."""
    for minute in minutes:
        with _at(minute) as now:
            if crowd.act(in_ms(now)).answers:
                services.ripen(response=response, by=system("response-steps"))


def _end(response: str, by: Actor) -> None:
    turn = Response.objects.values_list("turn", flat=True).get(pk=response)
    services.strike_off(response=response, turn=turn, reason=REASON_STRUCK, by=by)
    end = services.End(response=response, turn=turn, reason=REASON_END)
    services.end_response(end=end, by=by)


def _ask_the_rest(response: str, by: Actor, other: Actor) -> None:
    """Telephone whoever has not told of what follows the end: nothing is left to chase.

    `other` writes down what verifiers say: who wrote a report down verifies nothing of it.
    """
    asked: set[tuple[str, str]] = set()
    while open_ := [row for row in _owed(response) if (row.pk, row.state) not in asked]:
        asked |= {(row.pk, row.state) for row in open_}
        for row in open_:
            _ask(row, other if row.kind == CHECK else by)


def _owed(response: str) -> list[Obligation]:
    """List what is open, with what waited for the rest until now."""
    services.ripen(response=response, by=system("response-steps"))
    rows = Obligation.objects.filter(case=_case(response), closed_at=None)
    return list(rows.order_by("pk"))


def _ask(row: Obligation, by: Actor) -> None:
    """Note what somebody says on the telephone; what waits for its verifier waits for them."""
    kind = KINDS[row.kind]
    row.refresh_from_db()
    if row.closed_at is not None:  # another of those who may verify it has done so
        return
    if row.answered_at is None:
        reply = obligations.Reply(TOLD, filled(kind.answer_form, TOLD))
        obligations.answer(obligation=row.pk, by=by, reply=reply)
    if row.reported_at is None and "reported" in kind.states:
        reply = obligations.Reply(TOLD, filled(form_in(forms_of([row]), row), TOLD))
        obligations.report(obligation=row.pk, by=by, reply=reply)


def _review(response: str, by: Actor) -> None:
    """Open the review as its handler does, and begin to write it by its own figures."""
    review = learn.open_review(response=response, by=system("reviews"))
    told = delays(Response.objects.get(pk=response))["steps"]
    done, late = (sum(one[key] for one in told) for key in ("done", "late"))
    total, struck = (sum(one[key] for one in told) for key in ("count", "struck"))
    text = (
        f"（演示）共下达 {total + struck} 件，办完 {done} 件，其中逾期 {late} 件，"
        f"结束时不再要求 {struck} 件。各步骤计划与实际见上表，均由留痕算出。"
    )
    learn.write_conclusion(review=review, text=text, turn=1, by=by)
    post = Post.objects.filter(code=MENDER).values_list("pk", flat=True).first() or ""
    due = clock.local(clock.now()).date() + timedelta(days=30)
    slow = sorted((one for one in told if one["late"]), key=_overrun, reverse=True)
    for one, (about, advice) in zip(slow, ADVICE, strict=False):
        times = (
            f"应在 {one['given_min'] or 0:.0f} 分钟内办完，中位 {one['median_min'] or 0:.0f} 分钟"
        )
        noted = learn.Noted(
            about=about, link="step", step=one["key"], advice=advice,
            found=f"（演示）「{one['title']}」{times}",
            post=post, due_on=due if post else None, once=f"demo-{one['key']}",
        )  # fmt: skip
        learn.note_lesson(review=review, noted=noted, by=by)


def _overrun(step: Mapping[str, Any]) -> float:
    return float((step["median_min"] or 0) - (step["given_min"] or 0))
