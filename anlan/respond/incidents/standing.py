"""What is owed about incidents: a report in time, and feedback on what a leader said."""

from typing import Any

from anlan.base.obligations.kinds import kind
from anlan.base.permissions.actor import Actor
from anlan.kernel.errors import Conflict
from anlan.respond.incidents.services import clocks, instructions, looking


def refuse_by_itself(*, subject: tuple[str, str], by: Actor) -> Any:  # noqa: ARG001 - as told
    """Refuse to take a word for it: reported is what somebody by name has received."""
    raise Conflict("请在突发事件页面登记报送：写明接收人和时间才算")


REPORT = kind(
    key=clocks.KIND,
    title="信息报告",
    title_en="Incident report",
    states=("issued", "reached", "answered", "reported", "closed"),
    ladder="incident-report",
    consequence=refuse_by_itself,
    judged=clocks.end_clock,
)

INSTRUCTION = kind(
    key=instructions.KIND,
    title="批示办理",
    title_en="Leader's instruction",
    states=("issued", "reached", "answered", "reported", "closed"),
    ladder="incident-instruction",
)

TELLING = kind(
    key=looking.KIND,
    title="手机上报待接报",
    title_en="Told by telephone, to be taken in",
    states=("issued", "reached", "answered", "closed"),
    ladder="incident-telling",
)
