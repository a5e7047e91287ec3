"""An evacuation in progress in the demo county: one township leaves the slopes and the streams.

Drafted, placed and ordered as the demo accounts, and ticked as far as a village gets in an hour:
most are somewhere safe, a few refuse, some nobody can reach. Everything goes through the deeds of
the platform itself; only the clock is set back while it happens.
"""

from collections.abc import Mapping
from datetime import timedelta

from django.db.models import Sum

from anlan.base.permissions.actor import Actor
from anlan.base.permissions.models import User
from anlan.base.permissions.selectors import actor_of
from anlan.demo.warnings import set_back
from anlan.kernel import clock
from anlan.kernel.errors import Missing
from anlan.respond.evacuation import services
from anlan.respond.evacuation.models import Entry, Evacuation
from anlan.respond.evacuation.services.ticking import Ticker, Word

TITLE = "山洪和地质灾害危险区转移（演示）"
HAZARDS = ("flash-flood", "geological")
#: Accounts (see `users.USERS`): who drafts, who orders, whose township it is.
OFFICER, COMMANDER, TOWNSHIP = "duty", "zhihui", "xiangzhen"
#: Minutes ago, and by when people expect the water.
ORDERED, TICKED = 75, 30
AHEAD = timedelta(hours=5)
#: A step of the golden section spreads whatever is counted evenly, and the same every time.
GOLDEN = 0.6180339887498949
#: Up to which share of the households says what, with the reason that goes with it.
SHARES = (
    (0.46, "", ""), (0.58, "relatives", ""), (0.70, "moving", ""), (0.80, "told", ""),
    (0.88, "refused", "keeps-house"), (0.94, "lost", "no-answer"), (1.01, "waiting", ""),
)  # fmt: skip


def start_evacuation(town: str) -> int:
    """Let the evacuation happen; tells how many people are due. Twice is once."""
    if Evacuation.objects.filter(title=TITLE).exists():
        return 0
    people = {
        user.username: user
        for user in User.objects.filter(username__in=(OFFICER, COMMANDER, TOWNSHIP))
    }
    if len(people) < 3:
        raise Missing("演示用户 duty、zhihui、xiangzhen 不全")
    by = {name: actor_of(user) for name, user in people.items()}
    try:
        with set_back(ORDERED):
            batch = _order(town, by)
        with set_back(TICKED):
            _tick(batch, by[TOWNSHIP])
    finally:
        clock.use(None)
    due = Entry.objects.filter(evacuation=batch).aggregate(people=Sum("people"))
    return int(due["people"] or 0)


def _order(town: str, by: Mapping[str, Actor]) -> str:
    ask = services.Ask(
        title=TITLE, region=town, hazards=HAZARDS, expected_at=clock.now() + AHEAD,
        note="夜间有强降雨，请先转移特殊人员。",
    )  # fmt: skip
    batch = services.draft_evacuation(ask=ask, by=by[OFFICER])
    services.assign_shelters(evacuation=batch, by=by[OFFICER])
    services.order_evacuation(evacuation=batch, by=by[COMMANDER])
    return batch


def _tick(batch: str, by: Actor) -> None:
    """Tick each household, and who stands alone, as the shares say."""
    words = []
    seen: set[str] = set()
    rows = Entry.objects.filter(evacuation=batch, people__isnull=False).order_by("pk")
    for pk, household, shelter in rows.values_list("pk", "household_id", "shelter_id"):
        key = household or pk
        if key in seen:
            continue
        seen.add(key)
        share = len(seen) * GOLDEN % 1
        state, reason = next((state, why) for up_to, state, why in SHARES if share < up_to)
        state = state or ("sheltered" if shelter else "relatives")
        if state != "waiting":
            words.append(
                Word(
                    state=state, reason=reason, household=household or "",
                    entry="" if household else pk,
                )
            )  # fmt: skip
    services.tick_roll(evacuation=batch, words=words, ticker=Ticker(by, "demo"))
