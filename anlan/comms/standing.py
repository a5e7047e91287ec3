"""The purposes messages are for by themselves: obligations."""

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q

from anlan.base.db.among import among
from anlan.base.obligations.kinds import KINDS
from anlan.base.obligations.models import Obligation, Step
from anlan.base.obligations.selectors import Worded, still_turned_to, words_told
from anlan.base.obligations.services.phone import PURPOSE as LINK
from anlan.base.people.models import Post
from anlan.base.regions.models import Region
from anlan.comms.purposes import Purpose, Told, declare_purpose
from anlan.comms.wording import Wording, declare_wording
from anlan.kernel import clock, workspace

OBLIGATION = "obligation"
#: id -> name
Names = Mapping[str, str]

#: What was done to a debt since it was told first -> what the next message begins with.
AGAIN = {"defer": "期限已改：", "return": "已退回，请补正："}
#: Told before everything else, so that a drill is never taken for the day itself.
PREFIX = {"demo": "【演示】", "exercise": "【演练】", "live": ""}


def _waiting(ids: Collection[str]) -> Collection[str]:
    """Keep the obligations for which somebody is still turned to and that are not paused."""
    rows = Obligation.objects.filter(among("pk", ids)).annotate(waits=_waits())
    return {pk for pk, waits in rows.values_list("pk", "waits") if waits}


def _waits() -> "ExpressionWrapper[Any]":
    """Tell of a row whether it waits.

    Told, not filtered by: PostgreSQL knows nothing of rows just written, and would read all that is
    open to find a few.
    """
    return ExpressionWrapper(still_turned_to() & Q(paused_at=None), output_field=BooleanField())


def _told(ids: Collection[str]) -> Mapping[str, Told]:
    """Tell what is said of those that wait."""
    chosen = Obligation.objects.filter(among("pk", ids)).annotate(waits=_waits())
    found = chosen.values_list(
        "waits", "pk", "kind", "title", "body", "subject", "case", "answer_due", "region_id",
        "debtor_id",
    )  # fmt: skip
    rows = [row[1:] for row in found if row[0]]
    regions, posts = _names({row[-2] for row in rows}, {row[-1] for row in rows})
    words = words_told(
        [Worded(kind, subject, body, case or pk) for pk, kind, _, body, subject, case, *_ in rows]
    )
    prefix, again = PREFIX[workspace.current().kind], _again(ids)
    # Thousands of debts of one alert are due at once.
    said, hour_said = cache(moment), cache(time_of)
    return {
        pk: {
            "title": title,
            "again": again.get(pk, ""),
            "brief": word.brief or KINDS[kind].title,
            "body": word.body,
            "issuer": word.issuer,
            "kind": KINDS[kind].title,
            "region": regions.get(region, ""),
            "post": posts.get(post, ""),
            "due": said(due) if due else "",
            "due_time": hour_said(due) if due else "",
            "workspace": prefix,
        }
        for (pk, kind, title, _, _, _, due, region, post), word in zip(rows, words, strict=True)
    }


def _again(ids: Collection[str]) -> Mapping[str, str]:
    """Tell why some are told again: the last thing that was done to what they owe."""
    steps = Step.objects.filter(among("obligation", ids), verb__in=AGAIN).order_by("id")
    return {pk: AGAIN[verb] for pk, verb in steps.values_list("obligation_id", "verb")}


def _areas(ids: Collection[str]) -> Mapping[str, str]:
    """Tell where obligations hold, as their kinds say for all of a subject."""
    rows = Obligation.objects.filter(among("pk", ids)).values_list("pk", "kind", "subject")
    subjects: dict[str, dict[str, str]] = {}
    for pk, kind, subject in rows:
        subjects.setdefault(kind, {})[pk] = subject
    found: dict[str, str] = {}
    for kind, same in subjects.items():
        tell = KINDS[kind].areas
        told = tell(sorted(set(same.values()))) if tell else {}
        found |= {pk: told[subject] for pk, subject in same.items() if subject in told}
    return found


def _names(regions: Collection[str], posts: Collection[str]) -> tuple[Names, Names]:
    return (
        dict(Region.objects.filter(among("pk", regions)).values_list("pk", "name")),
        dict(Post.objects.filter(among("pk", posts)).values_list("pk", "title")),
    )


def moment(at: object) -> str:
    """Say a moment as people write it."""
    local = clock.local(at)  # type: ignore[arg-type]
    return f"{local.month}月{local.day}日 {local:%H:%M}"


def time_of(at: datetime) -> str:
    """Say the time of day alone, for channels that take a few characters."""
    return f"{clock.local(at):%H:%M}"


declare_purpose(
    Purpose(
        key=OBLIGATION,
        title="事项",
        title_en="Obligation",
        wanted=_waiting,
        told=_told,
        tells_wanted=True,
        areas=_areas,
        link=LINK,
    )
)

#: A form is answered by filling it in, wherever it is told of.
declare_wording(
    "form",
    Wording(
        short="{workspace}【{kind}】{title}，请于{due}前填报：{link}",
        spoken="{workspace}{kind}：{title}。请于{due}前打开短信里的链接填报。",
        long="{body}\n\n{region}　{post}\n请于{due}前填报：{link}",
    ),
)
