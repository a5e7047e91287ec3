"""What people owe about alerts besides answering the call: a review, a signature, a response."""

from anlan.base.obligations.kinds import Ask, kind
from anlan.warn.services.responses import ANSWERS, KIND, LEVELS, note_answered

REVIEW = kind(
    key="alert-review",
    title="预警审核",
    title_en="Alert to review",
    states=("issued", "reached", "answered", "closed"),
    ladder="alert-review",
)

SIGNATURE = kind(
    key="alert-signature",
    title="补签口头授权",
    title_en="Oral approval to sign",
    states=("issued", "reached", "answered", "closed"),
    ladder="alert-signature",
)

RESPONSE = kind(
    key=KIND,
    title="预警响应",
    title_en="Response due after a warning",
    states=("issued", "reached", "answered", "closed"),
    ladder="response-due",
    answer_form=(
        Ask("answer", "怎样响应", "How it is answered", "choice", required=True, choices=ANSWERS),
        Ask("level", "响应级别", "Response level", "choice", choices=LEVELS),
    ),
    consequence=note_answered,
)
