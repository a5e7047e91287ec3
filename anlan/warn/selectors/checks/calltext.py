"""What the messages of a call will say before it is made, composed as the sending composes them."""

from collections.abc import Mapping
from datetime import datetime

from anlan.base.obligations.kinds import KINDS
from anlan.comms.selectors.foretelling import Foretold
from anlan.comms.standing import PREFIX, moment, time_of
from anlan.kernel import clock, workspace
from anlan.warn.callrules import KIND
from anlan.warn.models import Alert
from anlan.warn.selectors.texts import brief_of

#: A place and a post as long as most, for telling a length before it is known who is called.
A_PLACE, A_POST = "某某村", "村主要负责人"


class CallText:
    """Writes the messages of an alert's call through one channel."""

    def __init__(self, alert: Alert, channel: str) -> None:
        self._foretold = Foretold(channel)
        self._told: Mapping[str, str] = {
            "title": alert.title, "body": alert.text, "issuer": alert.station,
            "brief": brief_of(alert.kind, alert.hazard, alert.level),
            "kind": KINDS[KIND].title, "workspace": PREFIX[workspace.current().kind],
        }  # fmt: skip

    def of(self, region: str, post: str, due: datetime | None) -> str:
        """Write what one post is told; "" where it could not be sent at all."""
        said, clocked = (moment(due), time_of(due)) if due else ("", "")
        return self._foretold.text(
            KIND,
            {**self._told, "region": region, "post": post, "due": said, "due_time": clocked},
        )

    def usual(self) -> str:
        """Write what most posts are told, about as long as each of them is."""
        return self.of(A_PLACE, A_POST, clock.now())
