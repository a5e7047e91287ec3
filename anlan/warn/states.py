"""The states of what came in and of what goes out, as data."""

from anlan.kernel.lifecycle import Lifecycle, State

#: What a department's message is worth now, whatever we do with it.
RECEIVED = Lifecycle(
    "received-alert",
    "收到的预警",
    (
        State(
            "standing", "生效中", "In force", "active",
            ("replaced", "cancelled", "withdrawn", "expired"),
        ),
        # One that was sent between comes late: what ended this first is known only now. And it
        # stands again when others tell of it and not of its end.
        State("replaced", "已被更新", "Replaced", "over", ("standing", "cancelled", "withdrawn")),
        State("cancelled", "已解除", "Cancelled", "good", ("standing", "replaced", "withdrawn")),
        State("withdrawn", "已撤销", "Withdrawn", "over", ("standing", "replaced", "cancelled")),
        State(
            "expired", "已过期", "Expired", "over",
            ("standing", "replaced", "cancelled", "withdrawn"),
        ),
        # A cancel, an acknowledgement, a test: nothing begins to hold by it.
        State("notice", "告知", "For information", "neutral"),
    ),
)  # fmt: skip

#: What we do with it.
HANDLING = Lifecycle(
    "alert-handling",
    "预警办理",
    (
        State(
            "waiting", "待办理", "Waiting", "attention",
            ("relayed", "dismissed", "passed", "none"),
        ),
        State("relayed", "已转发", "Relayed", "good", ("waiting",)),
        State("dismissed", "不转发", "Not relayed", "over", ("waiting", "relayed")),
        # Overtaken before anybody relayed it: by its own update, by its end.
        State("passed", "已过时", "Overtaken", "over", ("waiting", "relayed")),
        State("none", "无需办理", "Nothing to do", "neutral", ("waiting",)),
    ),
)  # fmt: skip

#: An alert of ours: relayed word for word, or in our own competence.
ALERT = Lifecycle(
    "alert",
    "预警",
    (
        State("draft", "草稿", "Draft", "neutral", ("review", "issued", "ended", "dropped")),
        State(
            "review", "待审核", "In review", "attention",
            ("draft", "approved", "issued", "ended", "dropped"),
        ),
        State(
            "approved", "待签发", "To be signed", "attention",
            ("draft", "issued", "ended", "dropped"),
        ),
        State(
            "issued", "生效中", "In force", "active",
            ("updated", "cancelled", "withdrawn", "expired"),
        ),
        State("updated", "已更新", "Updated", "over"),
        State("cancelled", "已解除", "Cancelled", "good"),
        State("withdrawn", "已撤销", "Withdrawn", "over"),
        State("expired", "已过期", "Expired", "over", ("updated", "cancelled", "withdrawn")),
        # The message that ends an alert went out; it does not itself hold for any time.
        State("ended", "解除已发布", "End issued", "good"),
        State("dropped", "已作废", "Dropped", "over"),
    ),
)  # fmt: skip

#: States in which an alert of ours has not gone out and may still be written.
UNSENT = ("draft", "review", "approved")

#: What an alert does -> the state it goes to when it goes out.
GOES_TO = {
    "issue": "issued",
    "update": "issued",
    "raise": "issued",
    "lower": "issued",
    "extend": "issued",
    "cancel": "ended",
    "withdraw": "ended",
}

#: What a later alert does -> the state of the one before it.
MAKES_OF = {
    "update": "updated",
    "raise": "updated",
    "lower": "updated",
    "extend": "updated",
    "cancel": "cancelled",
    "withdraw": "withdrawn",
}
