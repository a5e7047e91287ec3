"""What people owe after a response: its review, and what the review asks to be mended."""

from anlan.base.obligations.kinds import kind
from anlan.learn.states import LESSON, REVIEW

TO_REVIEW = kind(
    key=REVIEW, title="复盘评估", title_en="Review of a response", ladder="review",
    states=("issued", "reached", "answered", "reported", "closed"),
)  # fmt: skip

TO_MEND = kind(
    key=LESSON, title="复盘意见整改", title_en="Mend what a review found", ladder="review",
    states=("issued", "reached", "answered", "reported", "verified", "closed"), noted=True,
)  # fmt: skip
