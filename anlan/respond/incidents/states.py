"""States of an incident and of its reports, as data.

Nothing may hold a report back: from the moment an incident is taken in it may be reported, whatever
of verifying, grading and telling the leader is still to come. Each of these keeps its own moment.
"""

from anlan.kernel.lifecycle import Lifecycle, State

INCIDENT = Lifecycle(
    "incident",
    "突发事件",
    (
        State("draft", "正在接报", "Being taken in", "neutral", ("received", "joined", "dropped")),
        State(
            "received", "已接报", "Taken in", "attention",
            ("verified", "graded", "led", "reported", "joined", "dropped"),
        ),
        State(
            "verified", "已核实", "Verified", "active",
            ("graded", "led", "reported", "joined", "dropped"),
        ),
        State("graded", "已初判", "Graded", "active", ("led", "reported", "dropped")),
        State("led", "已报领导", "Leader told", "active", ("reported", "dropped")),
        State("reported", "已首报", "First report made", "active", ("final",)),
        State("final", "已终报", "Final report made", "good", ("archived",)),
        State("archived", "已归档", "Archived", "over"),
        State("joined", "已并入", "Part of another", "over"),
        State("dropped", "不属实或误报", "Not so", "over"),
    ),
)  # fmt: skip

#: States in which something is still to be done.
OPEN = ("received", "verified", "graded", "led", "reported", "final")
#: Before the first report.
UNREPORTED = ("received", "verified", "graded", "led")

#: What a report says it is.
REPORTS: dict[str, tuple[str, str]] = {
    "first": ("首报", "First report"),
    "more": ("续报", "Progress report"),
    "final": ("终报", "Final report"),
    "correct": ("更正", "Correction"),
}
#: Of them those that follow one another; a correction stands beside.
COURSE = ("first", "more", "final")
#: What a clock waits for, beside these.
CORRECTION = ("补报", "Supplement")

WAYS: dict[str, tuple[str, str]] = {
    "phone": ("电话", "By telephone"),
    "written": ("书面", "In writing"),
}
