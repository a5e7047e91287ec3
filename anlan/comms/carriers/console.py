"""The console twin: shows what would have left, and rings no telephone."""

from collections.abc import Sequence

from anlan.comms.carriers.parcels import Parcel, Result
from anlan.comms.declaration.declared import Answer, Declaration, Pace, Words
from anlan.kernel.ids import new_id
from anlan.protocols.declared.auth import Auth
from anlan.protocols.declared.requests import Tls

KEY = "console"

#: Stands in for every channel of a workspace that may reach nobody.
CONSOLE = Declaration(
    key=KEY,
    title="控制台（不真的发出）",
    title_en="Console (nothing leaves)",
    kind=KEY,
    channel="sms",
    enabled=True,
    order=1,
    note="",
    pace=Pace(lines=1),
    words=Words(),
    approved=(),
    outgoing=None,
    mail=None,
    auth=Auth(),
    sign=None,
    secrets={},
    answer=Answer(),
    receipt=None,
    reply=None,
    hook=None,
    tls=Tls(),
    proxy="",
)


class ConsoleCarrier:
    """Takes everything and lets nothing out; what it took is noted with the results."""

    lines = 1

    def groups(self, parcels: Sequence[Parcel]) -> list[list[Parcel]]:
        """Take all at once."""
        for one in parcels:
            one.request = one.request or new_id()
        return [list(parcels)] if parcels else []

    async def send(self, group: Sequence[Parcel]) -> list[Result]:
        """Say that everything was sent."""
        return [Result("sent", ticket=one.key) for one in group]

    async def close(self) -> None:
        """Nothing to close."""
