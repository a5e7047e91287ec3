"""A desk with a log, a handover under way and a roll call; how each of its addresses is asked."""

from anlan.base.permissions.models import User
from anlan.base.permissions.selectors import actor_of
from anlan.respond.duty import services
from anlan.respond.duty.services import Note, Roll
from tests.declarations.demo_rows import COUNTY
from tests.rights.asking import Ask

DESK = {"region": COUNTY}


def put_up(ids: dict[str, str]) -> None:
    """Write in the county's log, hand its watch over, call the roll of its townships."""
    officer = actor_of(User.objects.get(username="duty-officer"))
    ids["duty-entry"] = services.note_entry(note=Note(content="演示来电"), by=officer).pk
    ids["roll-call"] = services.call_roll(roll=Roll(), by=officer).pk
    ids["handover"] = services.hand_over(by=officer).pk


WATCH: dict[str, tuple[Ask, ...]] = {
    "GET /duty/desk": (Ask(f"/duty/desk?region={COUNTY}"),),
    "GET /duty/log": (Ask(f"/duty/log?region={COUNTY}"),),
    "POST /duty/log": (Ask("/duty/log", {"content": "走查", **DESK}),),
    "POST /duty/log/{entry}/follow": (Ask("/duty/log/{duty-entry}/follow", {"content": "走查"}),),
    "GET /duty/handover": (Ask(f"/duty/handover?region={COUNTY}"),),
    "POST /duty/handover": (Ask("/duty/handover", DESK),),
    "POST /duty/handover/{handover}/accept": (Ask("/duty/handover/{handover}/accept", {}),),
    "GET /duty/roll-calls": (Ask("/duty/roll-calls"),),
    "POST /duty/roll-calls": (Ask("/duty/roll-calls", DESK),),
    "GET /duty/roll-calls/{roll}": (Ask("/duty/roll-calls/{roll-call}"),),
}
