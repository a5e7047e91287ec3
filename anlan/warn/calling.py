"""The obligation to answer a call (叫应): its form, its words, how natural words answer it.

A call is answered when its post says that it knows, that it is on post, or that it needs help; the
second is the report too. Later words are added to it until the alert is over.
"""

import json
from collections.abc import Collection, Mapping

from django.db.models import Q

from anlan.base.obligations.kinds import Ask, Words, kind
from anlan.comms.purposes import Purpose, Told, declare_narrowing, declare_purpose
from anlan.comms.replies import Reading, declare_reader
from anlan.comms.wording import Wording, declare_wording
from anlan.kernel import workspace
from anlan.warn.callrules import KIND
from anlan.warn.hearing import hear
from anlan.warn.models import Alert, CallRound
from anlan.warn.selectors.board.seats import calls_of
from anlan.warn.selectors.outgoing import outline_of
from anlan.warn.selectors.texts import brief_of
from anlan.warn.services.calls import note_need
from anlan.warn.services.calls.answering import HELP
from anlan.warn.services.calls.ending import OVER
from anlan.warn.services.calls.watching import KIND as SILENT

#: Told before everything else, so that a drill is never taken for the day itself.
PREFIX = {"demo": "【演示】", "exercise": "【演练】", "live": ""}

RECEIVED = ("received", "已收到", "Received")
ON_POST = ("on-post", "已到岗", "On post")
ACTED = ("acted", "已行动", "Acted")
NEED_HELP = ("need-help", "需支援", "Need help")
#: How an officer who answers for somebody came to know.
WAYS = (
    ("callback", "本人回电", "They called back"),
    ("call", "打电话问到", "Asked by telephone"),
    ("radio", "对讲机", "By radio"),
    ("visit", "上门见到", "Met at the door"),
    ("other", "其他", "Otherwise"),
)
WAY = Ask("way", "得知方式", "How you know", "choice", choices=WAYS, on_behalf=True)


def _words(rounds: Collection[str]) -> Mapping[str, Words]:
    """Tell the words of the alerts some rounds are about, as the station wrote them."""
    rows = CallRound.objects.filter(pk__in=list(rounds)).values_list(
        "pk", "alert__text", "alert__station", "alert__kind", "alert__hazard", "alert__level"
    )
    return {
        pk: Words(text, station, brief_of(kind_, hazard, level))
        for pk, text, station, kind_, hazard, level in rows
    }


def _areas(rounds: Collection[str]) -> Mapping[str, str]:
    """Tell the outlines of the alerts some rounds are about."""
    rows = CallRound.objects.filter(pk__in=list(rounds)).select_related("alert__received")
    found = {row.pk: outline_of(row.alert) for row in rows}
    return {pk: json.dumps(area) for pk, area in found.items() if area}


CALL = kind(
    key=KIND,
    title="叫应",
    title_en="Call",
    states=("issued", "reached", "answered", "reported", "closed"),
    ladder="call-red",
    answer_form=(
        Ask(
            "reply", "答复", "Answer", "choice", required=True,
            choices=(RECEIVED, ON_POST, ACTED, NEED_HELP),
            buttons=("received", "on-post", "need-help"), reports=("on-post", "acted"),
        ),
        WAY,
    ),
    report_form=(
        Ask(
            "reply", "反馈", "Report", "choice", required=True,
            choices=(ON_POST, ACTED, NEED_HELP),
        ),
        WAY,
    ),
    heard=note_need,
    words=_words,
    areas=_areas,
    joined=True,
    noted=True,
    voice=True,
)  # fmt: skip

CALL_HELP = kind(
    key=HELP,
    title="支援请求",
    title_en="Cry for help",
    states=("issued", "reached", "answered", "reported", "closed"),
    ladder=HELP,
)

VILLAGE_SILENT = kind(
    key=SILENT,
    title="整村失联",
    title_en="Village fallen silent",
    states=("issued", "reached", "answered", "reported", "closed"),
    ladder=SILENT,
)

declare_wording(
    KIND,
    Wording(
        short="{workspace}{title}。{region}{post}请于{due}前回1收到 2到岗 3需支援，或点开 {link}",
        full="{workspace}{title}。{region}{post}请于{due}前回1收到 2到岗 3需支援，或点开 {link}\n"
        "{issuer}：\n{body}",
        spoken="{workspace}{issuer}预警叫应。{body}请问收到了吗？是否到岗？是否需要支援？",
        long="{body}\n\n{issuer}\n{region}　{post}\n请于{due}前答复：{link}",
    ),
)
declare_wording(
    OVER,
    Wording(
        short="{workspace}{title}。此前的预警叫应已结束。",
        spoken="{workspace}{title}。此前的预警叫应已结束。",
        long="{body}\n\n{issuer}\n此前的预警叫应已结束。",
    ),
)


def read_call(text: str) -> Reading:
    """Read a reply to a call; what is doubtful waits for an officer."""
    heard = hear(text)
    return Reading({"reply": heard.reply} if heard.reply else {}, heard.sure)


declare_reader(KIND, read_call)


def _told(alerts: Collection[str]) -> Mapping[str, Told]:
    prefix = PREFIX[workspace.current().kind]
    rows = Alert.objects.filter(pk__in=list(alerts)).values_list(
        "pk", "title", "text", "station", "region__name", "kind", "hazard", "level"
    )
    return {
        pk: {"title": title, "body": text, "issuer": station, "region": region,
             "kind": "叫应结束", "workspace": prefix, "brief": brief_of(kind_, hazard, level)}
        for pk, title, text, station, region, kind_, hazard, level in rows
    }  # fmt: skip


declare_purpose(
    Purpose(
        key=OVER,
        title="叫应结束",
        title_en="The calls are over",
        wanted=set,
        told=_told,
    )
)


def _of_alert(alert: str) -> Q:
    """Narrow messages to the calls of the chain an alert belongs to."""
    root = Alert.objects.filter(pk=alert).values_list("root", flat=True).first()
    return Q(purpose_kind="obligation", purpose__in=calls_of(root or "").values("pk"))


declare_narrowing("alert", _of_alert)
