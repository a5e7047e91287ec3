"""A line of the call sheet, a message that failed, a reply, a test, and how each is asked for."""

from typing import Any

from anlan.base.people.models import Holding
from anlan.base.permissions import system
from anlan.base.vault.services import seal
from anlan.comms import services
from anlan.comms.models import ReadinessPlan, Reply
from anlan.kernel import clock
from tests.declarations.demo_rows import COUNTY, VILLAGE
from tests.rights.asking import Ask

BY = system("test")


def put_up(ids: dict[str, str]) -> None:
    """Add what was sent to the one person there is, and what came back."""
    person = Holding.objects.get().person_id
    drafts = [
        services.Draft(
            purpose=("obligation", ids["obligation"]), channel=channel, region=VILLAGE,
            kind="notice", post=ids["posts"], person=person, case=ids["case"], state=state,
            reason=reason,
        )
        for channel, state, reason in (("voice", "manual", ""), ("sms", "failed", "network"))
    ]  # fmt: skip
    ids["line"], ids["message"] = services.queue_messages(drafts=drafts, by=BY)
    reply = Reply(
        carrier="walk", ticket="walk", at=clock.now(), received_at=clock.now(), person=person,
        text=seal(person, "啥事"), read=Reply.Read.DOUBTFUL, message=ids["message"],
        purpose_kind="obligation", purpose=ids["obligation"], region=VILLAGE,
    )  # fmt: skip
    reply.save(force_insert=True)
    ids["reply"] = reply.pk
    test = services.NumberTest(title="演示测试", region=VILLAGE)
    ids["plan"] = services.plan_test(test=test, every_days=30, by=BY)
    ids["number-test"] = services.start_test(test=test, by=BY)
    assert ReadinessPlan.objects.count() == 1


def _new_test(_: Any) -> dict[str, Any]:
    return {"title": "走查", "region": COUNTY, "channel": "sms"}


COMMS: dict[str, tuple[Ask, ...]] = {
    "GET /comms/messages": (Ask("/comms/messages"),),
    "GET /comms/messages/{message}": (Ask("/comms/messages/{message}"),),
    "POST /comms/messages/resend": (
        Ask("/comms/messages/resend", lambda world: {"messages": [world.ids["message"]]}),
    ),
    "POST /comms/messages/{message}/resend": (Ask("/comms/messages/{message}/resend", {}),),
    "POST /comms/messages/{message}/note": (
        Ask("/comms/messages/{line}/note", {"result": "busy"}),
    ),
    "GET /comms/sheet": (Ask("/comms/sheet"),),
    "GET /comms/channels": (Ask("/comms/channels"),),
    "GET /comms/replies": (Ask("/comms/replies"),),
    "POST /comms/replies/{reply}/take": (Ask("/comms/replies/{reply}/take", {"answers": {}}),),
    "POST /comms/replies/{reply}/dismiss": (Ask("/comms/replies/{reply}/dismiss", {}),),
    "GET /comms/readiness": (Ask("/comms/readiness"),),
    "POST /comms/readiness": (Ask("/comms/readiness", _new_test),),
    "GET /comms/readiness/{test}": (Ask("/comms/readiness/{number-test}"),),
    "POST /comms/readiness/plans/{plan}/end": (Ask("/comms/readiness/plans/{plan}/end", {}),),
    # Open to providers, who prove themselves by the secret of a channel's file; here there is none.
    "GET /comms/receipts/{channel}": (Ask("/comms/receipts/walk?key=x"),),
    "GET /comms/sounds/{told}": (Ask("/comms/sounds/walk"),),
    "POST /comms/receipts/{channel}": (Ask("/comms/receipts/walk?key=x", {}),),
    "GET /comms/replies/{channel}": (Ask("/comms/replies/walk?key=x"),),
    "POST /comms/replies/{channel}": (Ask("/comms/replies/walk?key=x", {}),),
}
