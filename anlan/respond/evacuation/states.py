"""How an evacuation stands, and how the people on it do: codes, and what each counts as.

应转 = 集中安置 + 投亲靠友 + 未转. Which state counts as which is in the code table
``evacuation-states``; the states that the services themselves give are named here.
"""

from anlan import codes
from anlan.kernel.lifecycle import Lifecycle, State

BATCH = Lifecycle(
    "evacuation",
    "转移批次",
    (
        State("building", "正在生成名单", "List being drawn up", "neutral", ("draft", "dropped")),
        State("draft", "草稿", "Draft", "neutral", ("building", "ordered", "dropped")),
        State("ordered", "已下达", "Ordered", "active", ("lifted",)),
        State("lifted", "险情已解除", "Danger over", "good", ("closed",)),
        State("closed", "已结束", "Closed", "over"),
        State("dropped", "已作废", "Dropped", "over"),
    ),
)

WAITING, TOLD, MOVING = "waiting", "told", "moving"
SHELTERED, RELATIVES, STRAYED, STRUCK = "sheltered", "relatives", "strayed", "struck"
REFUSED, LOST = "refused", "lost"
#: Home again, by where they had been.
HOME = {SHELTERED: "home-shelter", RELATIVES: "home-relatives"}
#: What the roll says for "went home"; which state it is depends on where from, and whether lifted.
RETURNED = "returned"

#: What a state may count as, in the order of the sum.
SUMS = ("shelter", "relatives", "pending")
#: Told beside the sums; each lies inside one of them.
INSIDE = (REFUSED, LOST, STRAYED, *HOME.values())
#: States in which somebody still needs the place kept for them.
OWED_A_PLACE = (WAITING, TOLD, MOVING, REFUSED, LOST, STRAYED)

#: Where an entry comes from: the lists that were ordered, and what came later.
PREPARED, ADDED, SPLIT = ("list", "forecast"), "added", "split"

#: Why somebody has no place in a shelter: code -> words.
UNPLACED: dict[str, tuple[str, str]] = {
    "no-room": ("附近没有容得下的场所", "No shelter has room for them"),
    "no-shelter": ("没有可用的场所", "No shelter may be used"),
    "unknown-size": ("人数不明，未预留", "Number unknown, nothing kept"),
    "unlocated": ("住址没有坐标，村驻地也没有", "Neither the house nor the village has a place"),
}


def counts_as() -> dict[str, str]:
    """Tell what each state counts as: shelter, relatives, pending or none."""
    return {row.code: row.text("counts") or "none" for row in codes.table("evacuation-states")}
