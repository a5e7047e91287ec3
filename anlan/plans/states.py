"""States of a version of a plan, as the screen says them."""

DRAFT, SUBMITTED, RETURNED, APPROVED = "draft", "submitted", "returned", "approved"

STATES: dict[str, tuple[str, str]] = {
    DRAFT: ("草稿", "Draft"),
    SUBMITTED: ("待批准", "Waiting for approval"),
    RETURNED: ("已退回", "Sent back"),
    APPROVED: ("已批准", "Approved"),
}
