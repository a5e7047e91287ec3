"""The states of an alarm, as data."""

from anlan.kernel.lifecycle import Lifecycle, State

LIFECYCLE = Lifecycle(
    "alarm",
    "监测报警",
    (
        State("raised", "待确认", "Raised", "attention", ("acknowledged", "cleared")),
        State("acknowledged", "已确认", "Acknowledged", "active", ("raised", "cleared")),
        State("cleared", "已解除", "Cleared", "good", ("raised", "acknowledged", "closed")),
        State("closed", "已销号", "Closed", "over"),
    ),
)
