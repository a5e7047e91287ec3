"""The states of an obligation, as data. A kind uses those it needs."""

from anlan.kernel.lifecycle import Lifecycle, State

LIFECYCLE = Lifecycle(
    "obligation",
    "事项",
    (
        State("issued", "已下达", "Issued", "active", ("reached", "answered", "withdrawn")),
        State("reached", "已送达", "Delivered", "active", ("answered", "withdrawn")),
        State("answered", "已签收", "Answered", "active", ("reported", "closed", "withdrawn")),
        State(
            "reported", "已反馈", "Reported", "active",
            ("verified", "returned", "closed", "withdrawn"),
        ),
        State("returned", "已退回", "Returned", "attention", ("reported", "withdrawn")),
        State("verified", "已核实", "Verified", "good", ("closed",)),
        State("closed", "已销号", "Closed", "over"),
        State("withdrawn", "已撤回", "Withdrawn", "over"),
    ),
)  # fmt: skip

#: States in which something is still owed.
OPEN = ("issued", "reached", "answered", "reported", "returned", "verified")

#: The straight way, in order; a kind names those it uses.
WAY = ("issued", "reached", "answered", "reported", "verified", "closed")
