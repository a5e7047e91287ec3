"""What a duty room owes: an answer when the roll is called."""

from anlan.base.obligations.kinds import Ask, kind
from anlan.respond.duty.services.rolls import KIND

#: How a room says who is there: value, label, English. 双人双岗 is what is asked of a watch.
THERE = (
    ("two", "两人以上在岗", "Two or more on watch"),
    ("one", "一人在岗", "One on watch"),
    ("elsewhere", "人在外，电话可接", "Out, but answering the telephone"),
)

ROLL_CALL = kind(
    key=KIND,
    title="点名查岗",
    title_en="Roll call",
    states=("issued", "reached", "answered", "closed"),
    ladder="roll-call",
    answer_form=(
        Ask("there", "在岗情况", "Who is there", "choice", required=True, choices=THERE,
            buttons=("two", "one")),
    ),
)  # fmt: skip
