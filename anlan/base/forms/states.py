"""Where a sheet stands, as data; how it is said."""

WAITING, DRAFT, SUBMITTED, RETURNED = "waiting", "draft", "submitted", "returned"

#: key -> (Chinese, English)
STATES = {
    WAITING: ("未填", "Not begun"),
    DRAFT: ("填写中", "Being filled in"),
    SUBMITTED: ("已上报", "Submitted"),
    RETURNED: ("已退回", "Sent back"),
}

#: A round that is over takes late sheets, but nobody is asked for them any more.
MISSED = ("缺报", "Missed")
