"""What people owe about forecasts: a word on the worst, a look at what failed or jumped.

A run that waits for its signature at three in the morning waits for somebody who sleeps.
"""

from anlan.base.obligations.kinds import kind

STATES = ("issued", "reached", "answered", "closed")

SIGNATURE = kind(
    key="forecast-signature", title="预报待签署", title_en="Forecast to sign", states=STATES,
    ladder="alarm-urgent",
)  # fmt: skip

FAILED = kind(
    key="forecast-failed", title="预报没有算成", title_en="Forecast that failed", states=STATES,
    ladder="alarm",
)  # fmt: skip

SUDDEN = kind(
    key="sudden-change", title="水位骤变", title_en="Water that jumped", states=STATES,
    ladder="alarm-urgent",
)  # fmt: skip
