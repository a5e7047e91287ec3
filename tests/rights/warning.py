"""A department's warning, alerts at each stage, and how each address of alerts is asked."""

from datetime import timedelta
from typing import Any

import orjson

from anlan.base.permissions import system
from anlan.base.permissions.models import User
from anlan.base.permissions.selectors import actor_of
from anlan.kernel import clock
from anlan.protocols.alerting.message import Unreadable
from anlan.warn.models import Alert, Refused, ResponseDue
from anlan.warn.selectors.filling import Content
from anlan.warn.services.approving import submit_alert
from anlan.warn.services.drafting import draft_alert
from anlan.warn.services.issuing import issue_alert
from anlan.warn.services.ordering import Order, sign_order
from anlan.warn.services.receiving import receive_alert
from anlan.warn.services.relaying import relay_alert
from tests.declarations.demo_rows import COUNTY, VILLAGE
from tests.rights.asking import Ask

BY = system("test")
TEXT = "演示气象台发布暴雨红色预警信号：预计未来3小时降雨100毫米以上，请注意防范。"
WRITTEN: dict[str, Any] = {
    "kind": "government-alert",
    "hazard": "fire",
    "level": 3,
    "regions": [VILLAGE],
}
CONFIRMED = {
    "text": TEXT, "station": "演示气象台", "sent_at": "2026-01-01T08:00:00+08:00",
    "hazard": "rainstorm", "level": 1, "regions": [VILLAGE],
}  # fmt: skip


def message(number: str, text: str = TEXT, event: str = "11B03") -> dict[str, Any]:
    """A national message as JSON, for the village alone."""
    return {
        "identifier": f"33990141600000_{number}", "sender": "演示气象台",
        "senderCode": "33990141600000", "sendTime": "2026-01-01 08:00:00+08:00",
        "status": "Actual", "msgType": "Alert", "scope": "Public",
        "info": {"eventType": event, "severity": "Red", "headline": "暴雨红色预警",
                 "description": text, "area": {"areaDesc": "前坑村", "geocode": VILLAGE}},
    }  # fmt: skip


def put_up(ids: dict[str, str]) -> None:
    """Add messages that wait, were relayed and were refused; alerts drafted, in review and out."""
    lead = actor_of(User.objects.get(username="duty-lead"))
    chief = actor_of(User.objects.get(username="commander"))
    waiting, passed = (
        receive_alert(original=orjson.dumps(message(number, TEXT + number, event)), by=BY)
        for number, event in (("20260101080000", "11B03"), ("20260101090000", "11B06"))
    )
    ids["received"] = waiting
    ids["relayed-alert"] = relay_alert(received=passed, by=BY)
    ids["response-due"] = ResponseDue.objects.get(alert=ids["relayed-alert"]).pk
    try:
        receive_alert(original=b"<alert>", by=lead)
    except Unreadable:
        ids["refused"] = Refused.objects.get().pk
    out = draft_alert(content=Content(**{**WRITTEN, "hazard": "gas"}), by=lead)
    issue_alert(alert=out, by=lead)
    ids["own-alert"] = out
    ids["own-identifier"] = Alert.objects.get(pk=out).identifier or ""
    ids["draft-alert"] = draft_alert(content=Content(**WRITTEN), by=lead)
    ids["review-alert"] = draft_alert(
        content=Content(**{**WRITTEN, "hazard": "hazchem", "level": 1}), by=lead
    )
    submit_alert(alert=ids["review-alert"], by=lead)
    now = clock.now()
    order = Order(
        title="演示授权", region=COUNTY, trigger="received", kinds=("quake-early-warning",),
        reason="演示", since=now, until=now + timedelta(days=9),
    )  # fmt: skip
    ids["order"] = sign_order(order=order, by=chief)


def _deeds(alert: str, verbs: dict[str, dict[str, Any]]) -> tuple[Ask, ...]:
    return tuple(
        Ask(f"/alerts/{{{alert}}}/{verb}", body, note=verb) for verb, body in verbs.items()
    )


WARN: dict[str, tuple[Ask, ...]] = {
    "POST /alerts/inbox": (Ask("/alerts/inbox", message("20260101100000", TEXT + "又")),),
    "GET /alerts/received": (
        Ask("/alerts/received"),
        Ask("/alerts/received?state=all&q=%E6%BC%94%E7%A4%BA", note="all"),
    ),
    "GET /alerts/received/count": (Ask("/alerts/received/count"),),
    "GET /alerts/received/{received}": (Ask("/alerts/received/{received}"),),
    "GET /alerts/received/{received}/original": (Ask("/alerts/received/{received}/original"),),
    "GET /alerts/received/{received}/check": (Ask("/alerts/received/{received}/check"),),
    "POST /alerts/received/{received}/{verb}": (
        Ask("/alerts/received/{received}/relay", {}, note="relay"),
        Ask("/alerts/received/{received}/heed", {}, note="heed"),
        Ask("/alerts/received/{received}/dismiss", {"reason": "演示"}, note="dismiss"),
    ),
    "POST /alerts/paste": (Ask("/alerts/paste", {"text": TEXT}),),
    "POST /alerts/paste/confirm": (Ask("/alerts/paste/confirm", CONFIRMED),),
    "GET /alerts/refused": (Ask("/alerts/refused"),),
    "POST /alerts/refused/{refused}/seen": (Ask("/alerts/refused/{refused}/seen", {}),),
    "GET /alerts": (Ask("/alerts"), Ask("/alerts?state=unsent", note="unsent")),
    "POST /alerts": (Ask("/alerts", WRITTEN),),
    "GET /alerts/count": (Ask("/alerts/count"),),
    "GET /alerts/kinds": (Ask("/alerts/kinds", same=True),),
    "GET /alerts/words": (Ask("/alerts/words?kind=evacuation-notice", same=True),),
    "POST /alerts/check": (Ask("/alerts/check", WRITTEN),),
    "GET /alerts/{alert}": (
        Ask("/alerts/{relayed-alert}", note="out"),
        Ask("/alerts/{draft-alert}", note="draft"),
    ),
    "GET /alerts/{alert}/group-text": (Ask("/alerts/{relayed-alert}/group-text"),),
    "GET /alerts/{alert}/sign.svg": (Ask("/alerts/{relayed-alert}/sign.svg"),),
    "PATCH /alerts/{alert}": (Ask("/alerts/{draft-alert}", WRITTEN),),
    "GET /alerts/{alert}/check": (Ask("/alerts/{draft-alert}/check"),),
    "GET /alerts/{alert}/approvers": (Ask("/alerts/{review-alert}/approvers"),),
    "POST /alerts/{alert}/{verb}": (
        *_deeds("draft-alert", {"submit": {}, "issue": {}, "drop": {"reason": "演示"}}),
        *_deeds(
            "review-alert",
            {"approve": {}, "return": {"reason": "演示"}, "oral": {"post": "x"}, "sign": {}},
        ),
        *_deeds(
            "own-alert",
            {
                "update": {}, "raise": {"level": 2}, "lower": {"level": 4},
                "extend": {"expires_at": "2126-01-01T00:00:00+08:00"},
                "cancel": {"reason": "演示"}, "withdraw": {"reason": "演示"},
            },
        ),
    ),
    "GET /alerts/orders": (Ask("/alerts/orders"),),
    "POST /alerts/orders": (
        Ask(
            "/alerts/orders",
            {"title": "演示", "region": COUNTY, "trigger": "received", "reason": "演示",
             "kinds": ["quake-early-warning"], "until": "2126-01-01T00:00:00+08:00"},
        ),
    ),
    "POST /alerts/orders/{order}/revoke": (Ask("/alerts/orders/{order}/revoke", {}),),
    "GET /alerts/responses": (Ask("/alerts/responses"),),
    "POST /alerts/responses/{due}/answer": (
        Ask("/alerts/responses/{response-due}/answer", {"answer": "not-needed", "reason": "演示"}),
    ),
}  # fmt: skip

#: Open to everybody: what is in it is for the public.
OPEN_PAGES: dict[str, Ask] = {
    "GET /cap/": Ask("/cap/", same=True),
    "GET /cap/feed.atom": Ask("/cap/feed.atom", same=True),
    "GET /cap/<str:identifier>.xml": Ask("/cap/{own-identifier}.xml", same=True),
    "GET /cap/<str:identifier>.12379.xml": Ask("/cap/{own-identifier}.12379.xml", same=True),
}
