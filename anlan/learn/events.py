"""What reviews tell: one was finished, with what it came to."""

from dataclasses import dataclass
from datetime import datetime

from anlan.kernel.events import Event, declare


@declare
@dataclass(frozen=True, kw_only=True)
class ReviewFinished(Event):
    """A person finished the review (复盘评估) of a response; somebody owes each of its lessons."""

    review: str
    #: The response that was reviewed, and the plan it ran by.
    response: str
    plan: str
    version: int
    region: str
    #: How many lessons there are, and how many of them are about the plan itself.
    lessons: int
    about_plan: int
    by: str
    finished_at: datetime
