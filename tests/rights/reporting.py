"""An incident that was reported, one that waits for it, one being told; how each is asked about."""

from dataclasses import replace

from anlan.base.permissions.models import User
from anlan.base.permissions.selectors import actor_of
from anlan.kernel import clock
from anlan.respond.incidents import services
from anlan.respond.incidents.services import Sent, Told
from tests.declarations.demo_rows import VILLAGE
from tests.rights.asking import Ask

TELLING = {
    "kind": "landslide", "what": "演示滑坡", "region": VILLAGE, "caller_name": "演示某",
    "caller_phone": "10000000009",
}  # fmt: skip
TOLD = Told(
    kind="landslide", what="演示滑坡", region=VILLAGE, caller_name="演示某",
    caller_phone="10000000009",
)  # fmt: skip


def put_up(ids: dict[str, str]) -> None:
    """Take three incidents in, report one to its end, leave a fourth at its first words."""
    officer, lead = (
        actor_of(User.objects.get(username=one)) for one in ("duty-officer", "duty-lead")
    )
    for name in ("incident", "reported-incident", "ended-incident"):
        row = services.begin_incident(told=replace(TOLD, title=f"演示 {name}"), by=officer)
        services.take_in(incident=row.pk, apart=True, by=officer)
        ids[name] = row.pk
    ids["telling"] = services.begin_incident(told=TOLD, by=officer).pk
    services.draft_report(incident=ids["reported-incident"], kind="first", by=officer)
    ended = ids["ended-incident"]
    for number, kind in enumerate(("first", "final"), start=1):
        services.draft_report(incident=ended, kind=kind, by=officer)
        services.sign_report(incident=ended, number=number, by=lead)
        for to, way in (("city", "written"), ("government", "phone"), ("province", "written")):
            sent = Sent(to=to, way=way, receiver="演示接收人", at=clock.now())
            services.note_dispatch(incident=ended, number=number, sent=sent, by=officer)


INCIDENTS: dict[str, tuple[Ask, ...]] = {
    "GET /incidents": (Ask("/incidents"), Ask("/incidents?which=drafts", note="drafts")),
    "GET /incidents/form": (Ask("/incidents/form", same=True),),
    "POST /incidents": (Ask("/incidents", TELLING),),
    "GET /incidents/{incident}": (
        Ask("/incidents/{incident}"), Ask("/incidents/{telling}", note="telling"),
    ),
    "PATCH /incidents/{incident}": (
        Ask("/incidents/{incident}", TELLING), Ask("/incidents/{telling}", TELLING, note="telling"),
    ),
    "POST /incidents/{incident}/take": (Ask("/incidents/{telling}/take", {"apart": True}),),
    "POST /incidents/{incident}/join": (
        Ask("/incidents/{telling}/join", lambda w: {"into": w.ids["incident"]}),
    ),
    "POST /incidents/{incident}/figures": (
        Ask("/incidents/{incident}/figures", {"figures": {"deaths": 1}}),
    ),
    "POST /incidents/{incident}/grade": (Ask("/incidents/{incident}/grade", {"grade": 3}),),
    "POST /incidents/{incident}/verify": (Ask("/incidents/{incident}/verify", {"text": "走查"}),),
    "POST /incidents/{incident}/lead": (Ask("/incidents/{incident}/lead", {"text": "走查"}),),
    "POST /incidents/{incident}/take-over": (Ask("/incidents/{incident}/take-over", {}),),
    "POST /incidents/{incident}/drop": (Ask("/incidents/{incident}/drop", {"text": "走查"}),),
    "POST /incidents/{incident}/archive": (Ask("/incidents/{ended-incident}/archive", {}),),
    "POST /incidents/{incident}/caller": (Ask("/incidents/{incident}/caller", {"text": "走查"}),),
    "POST /incidents/{incident}/reports": (
        Ask("/incidents/{incident}/reports", {"kind": "first"}),
    ),
    "POST /incidents/{incident}/reports/{number}/correct": (
        Ask("/incidents/{ended-incident}/reports/2/correct", {"text": "走查"}),
    ),
    "PATCH /incidents/{incident}/reports/{number}": (
        Ask("/incidents/{reported-incident}/reports/1", {"content": {"cause": "走查"}}),
    ),
    "POST /incidents/{incident}/reports/{number}/sign": (
        Ask("/incidents/{reported-incident}/reports/1/sign", {}),
        Ask("/incidents/{reported-incident}/reports/1/sign", {"oral": "走查"}, note="oral"),
    ),
    "POST /incidents/{incident}/reports/{number}/dispatch": (
        Ask(
            "/incidents/{reported-incident}/reports/1/dispatch",
            lambda _: {"to": "city", "way": "phone", "receiver": "走查",
                       "at": clock.now().isoformat()},
        ),
    ),
    "GET /incidents/{incident}/reports/{number}/word": (
        Ask("/incidents/{reported-incident}/reports/1/word"),
    ),
    "POST /incidents/{incident}/instructions": (
        Ask("/incidents/{incident}/instructions", {"leader": "走查", "text": "走查"}),
    ),
}  # fmt: skip
