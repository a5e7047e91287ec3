"""The states of a message, as data."""

from anlan.kernel.lifecycle import Lifecycle, State

LIFECYCLE = Lifecycle(
    "message",
    "消息",
    (
        State("queued", "排队中", "Queued", "active",
              ("sending", "manual", "delivered", "cancelled", "expired", "failed", "answered")),
        State("sending", "发送中", "Sending", "active",
              ("sent", "delivered", "queued", "failed", "unknown", "answered", "manual")),
        State("sent", "已发出", "Sent", "active", ("delivered", "failed", "queued", "answered")),
        State("delivered", "已送达", "Delivered", "good", ("answered",)),
        State("unknown", "不明", "Unknown", "attention",
              ("queued", "sent", "delivered", "failed", "cancelled", "expired", "answered")),
        State("manual", "待人工", "By hand", "attention",
              ("delivered", "answered", "failed", "cancelled", "expired")),
        State("failed", "未送达", "Failed", "attention",
              ("queued", "manual", "delivered", "answered")),
        State("answered", "已应答", "Answered", "good"),
        State("cancelled", "已取消", "Cancelled", "over"),
        State("expired", "已过时", "Expired", "over"),
    ),
)  # fmt: skip

#: States in which something is still to be done by us.
WAITING = ("queued", "sending", "unknown", "manual")

#: How far a message got, in order: what a channel `proves` is one of these.
PROOFS = ("sent", "delivered", "answered")
