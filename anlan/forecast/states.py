"""The states of a run and of the word said on it, as data."""

from anlan.kernel.lifecycle import Lifecycle, State

#: The computation itself.
RUN = Lifecycle(
    "forecast-run",
    "预报计算",
    (
        State("queued", "排队", "Queued", "neutral", ("running", "stopped", "failed")),
        State("running", "计算中", "Running", "active", ("done", "failed", "stopped", "queued")),
        State("done", "算完", "Done", "good"),
        State("failed", "没有算成", "Failed", "attention", ("queued",)),
        State("stopped", "已停止", "Stopped", "over", ("queued",)),
    ),
)

#: The word of a named person on what came out. Before ``approved`` a run moves nothing.
SIGNING = Lifecycle(
    "forecast-signing",
    "预报签署",
    (
        State("unsigned", "内部研判参考", "For internal reference", "neutral",
              ("approved", "rejected")),
        State("approved", "已签署", "Signed", "good", ("withdrawn", "superseded")),
        State("rejected", "不采用", "Not used", "over"),
        State("withdrawn", "已撤回", "Withdrawn", "attention"),
        State("superseded", "已被更新", "Superseded", "over", ("withdrawn",)),
    ),
)  # fmt: skip

#: What a village may come to, and how it is said.
STAGES = {
    "none": ("未达到", "Not reached"),
    "prepare": ("准备转移", "Get ready to leave"),
    "move": ("立即转移", "Leave at once"),
}

#: What our own computations are stamped with, before and after somebody signed them.
STAMP = {
    "unsigned": ("内部研判参考，未经签署，不作为发布和转移的依据",
                 "For internal reference: not signed, no ground for warnings or for leaving"),
    "approved": ("本级研判结果，已签署；以主管部门发布的预警为准",
                 "Our own assessment, signed; the official warnings stand above it"),
}  # fmt: skip
