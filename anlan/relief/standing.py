"""What is owed about losses: the first report, the daily ones, the verified one.

None of them is struck off by hand: handing the report in (a township) or noting who received it
(the county) does that. Signing says only that somebody is at it.
"""

from anlan.base.obligations.kinds import kind
from anlan.base.permissions.actor import Actor
from anlan.kernel.errors import Conflict

LADDER = "loss-report"
STATES = ("issued", "reached", "answered", "reported", "closed")


def _by_the_page(*, subject: tuple[str, str], by: Actor) -> None:  # noqa: ARG001
    raise Conflict("请在灾情页报出；县级还要登记接收人和时间，这一项随后自己销号")


FIRST = kind(
    key="loss-first", title="灾情初报", title_en="First loss report", states=STATES,
    ladder=LADDER, consequence=_by_the_page,
)  # fmt: skip
DAILY = kind(
    key="loss-daily", title="灾情续报（零报告）", title_en="Daily loss report", states=STATES,
    ladder=LADDER, consequence=_by_the_page,
)  # fmt: skip
FINAL = kind(
    key="loss-final", title="灾情核报", title_en="Verified loss report", states=STATES,
    ladder=LADDER, consequence=_by_the_page,
)  # fmt: skip
#: Phase of the report -> kind of the obligation that asks for it.
KIND_OF = {"first": FIRST.key, "progress": DAILY.key, "final": FINAL.key}
