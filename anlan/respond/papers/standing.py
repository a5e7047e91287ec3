"""What is owed of papers: the duty room prints the pack."""

from anlan.base.obligations.kinds import Ask, kind
from anlan.respond.papers.services.printing import note_printed
from anlan.respond.papers.states import PRINT

PRINTING = kind(
    key=PRINT,
    title="打印纸质包",
    title_en="Print the paper pack",
    states=("issued", "reached", "answered", "closed"),
    ladder=PRINT,
    answer_form=(
        Ask(
            "printed", "打印", "Printing", "choice", required=True,
            choices=(("yes", "已打印", "Printed"),),
        ),
    ),
    consequence=note_printed,
)  # fmt: skip
