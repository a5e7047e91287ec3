"""The first two kinds: a notice that must be signed for, and a row that must be confirmed again."""

from anlan.base.obligations.kinds import kind
from anlan.base.permissions.actor import Actor
from anlan.base.register import services as registers
from anlan.base.register.registry import REGISTERS


def _confirm_row(*, subject: tuple[str, str], by: Actor) -> None:
    """Signing for a review is confirming the row."""
    key, row_id = subject
    registers.confirm_row(entry=REGISTERS[key], row_id=row_id, by=by)


NOTICE = kind(
    key="notice",
    title="通知",
    title_en="Notice",
    states=("issued", "reached", "answered", "closed"),
    ladder="notice",
    joined=True,
)

REGISTER_REVIEW = kind(
    key="register-review",
    title="台账确认",
    title_en="Register review",
    states=("issued", "reached", "answered", "closed"),
    ladder="register-review",
    consequence=_confirm_row,
)
