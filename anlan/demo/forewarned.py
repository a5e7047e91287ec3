"""The warning before that heavy rain (see `reviewed`): passed on, called about, answered, expired.

As everything of the demo it goes through the deeds of the platform itself; the words are invented.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Final

from anlan.base.permissions.actor import Actor, system
from anlan.base.regions.models import Region
from anlan.demo.days.recording import in_ms
from anlan.demo.replay.people import People
from anlan.warn.models import Alert, ResponseDue
from anlan.warn.services import calls
from anlan.warn.services.expiring import expire_due
from anlan.warn.services.receiving import Confirmed, paste_alert
from anlan.warn.services.relaying import relay_alert
from anlan.warn.services.responses import answer_response_due

#: Tells what came days ago from what a newcomer's night consists of (see `warnings`).
SOURCE: Final = "演示预警系统（前几天）"
#: Minutes after the start of the response: it was sent, came in, was passed on, was answered by
#: measures at first; people answer every so many minutes; it no longer held.
SENT, CAME, RELAYED, MEASURES, EVERY, EXPIRED = -55, -54, -47, -22, 5, 539
STATION: Final = "云屿县气象台"
HEADLINE: Final = "云屿县气象台发布暴雨黄色预警[Ⅲ级/较重]"
TEXT: Final = (
    "云屿县气象台发布暴雨黄色预警信号：预计未来6小时内{town}将出现50毫米以上强降雨，请注意防范。"
)
REASON: Final = "（演示）先行加密巡查、通知危险区人员做好准备"

At = Callable[[float], AbstractContextManager[datetime]]


def warn(town: str, crowd: People, at: At, by: Actor, chief: Actor) -> None:
    """Let the warning come, be passed on and called about; `at` sets the clock."""
    with at(SENT) as sent, at(CAME):
        confirmed = Confirmed(
            text=TEXT.format(town=Region.objects.get(pk=town).name), station=STATION,
            sent_at=sent.replace(second=0, microsecond=0), hazard="rainstorm", level=3,
            headline=HEADLINE, regions=[town], source=SOURCE,
            expires_at=sent + timedelta(minutes=EXPIRED - SENT - 1),
        )  # fmt: skip
        received = paste_alert(confirmed=confirmed, by=by)
    with at(RELAYED):
        alert = relay_alert(received=received, by=by)
        round_ = calls.begin_calls(alert=alert, by=system("calls"))
        calls.fill_round(round_=round_, by=system("calls"))
    for minute in _minutes():
        with at(minute) as now:
            crowd.act(in_ms(now))
            if minute == MEASURES:
                _answer(alert, chief)


def _minutes() -> Iterator[int]:
    return iter(range(RELAYED + EVERY, 0, EVERY))


def _answer(alert: str, by: Actor) -> None:
    for due in ResponseDue.objects.filter(alert=alert, closed_at=None, answered_at=None):
        answer_response_due(
            due=due.pk, answer="measures", measures=due.measures, reason=REASON, by=by
        )


def expire(at: At) -> None:
    """Let it end as its time is over, and the calls with it."""
    with at(EXPIRED):
        expire_due(by=system("expiring"))
        for alert in Alert.objects.filter(received__source=SOURCE).values_list("pk", flat=True):
            calls.end_calls(alert=alert, why="预警已过期", by=system("calls"))
