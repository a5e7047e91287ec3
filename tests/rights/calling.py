"""A red alert that called the one post there is, and how each address of calls is asked."""

from anlan.base.cases.services import open_case
from anlan.base.permissions import system
from anlan.kernel import clock
from anlan.kernel.ids import new_id
from anlan.warn.models import Alert
from anlan.warn.services import calls
from tests.declarations.demo_rows import COUNTY, VILLAGE
from tests.rights.asking import Ask

BY = system("test")


def put_up(ids: dict[str, str]) -> None:
    """Add an alert that went out and its calls."""
    now = clock.now()
    case = open_case(hazard="typhoon", region=COUNTY, title="演示台风", by=BY)
    alert = Alert(
        identifier="walk", kind="weather-signal", hazard="typhoon", level=1, state="issued",
        title="演示台风红色预警", text="演示台风红色预警信号", station="演示气象台", sent_at=now,
        region_id=COUNTY, regions=[COUNTY], case=case, drafted_at=now, drafted_by=BY.ref,
        issued_at=now, issued_by=BY.ref, root=(key := new_id()), id=key,
    )  # fmt: skip
    alert.save(force_insert=True)
    calls.fill_round(round_=calls.begin_calls(alert=alert.pk, by=BY), by=BY)
    ids["called-alert"] = alert.pk


def _call(ids: dict[str, str]) -> str:
    from anlan.base.obligations.models import Obligation

    return Obligation.objects.filter(kind="call", debtor=ids["posts"]).values_list("pk")[0][0]


CALLS: dict[str, tuple[Ask, ...]] = {
    "GET /alerts/{alert}/board": (
        Ask("/alerts/{called-alert}/board"),
        Ask(f"/alerts/{{called-alert}}/board?region={VILLAGE}", note="village"),
    ),
    "POST /alerts/{alert}/calls/silent": (
        Ask("/alerts/{called-alert}/calls/silent", {"region": VILLAGE}),
    ),
    "POST /alerts/{alert}/calls/answer": (
        Ask(
            "/alerts/{called-alert}/calls/answer",
            lambda world: {"obligations": [_call(world.ids)], "reply": "received"},
        ),
    ),
    "POST /alerts/{alert}/calls/caller": (
        Ask("/alerts/{called-alert}/calls/caller", {"number": "10000000001"}),
    ),
    "GET /calls/coverage": (Ask(f"/calls/coverage?region={VILLAGE}"),),
    "GET /calls/gaps": (Ask("/calls/gaps"),),
    "GET /calls/silent-villages": (Ask("/calls/silent-villages"),),
    "GET /calls/progress": (Ask("/calls/progress"),),
}
