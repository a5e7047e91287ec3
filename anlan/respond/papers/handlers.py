"""A response that starts or grows has its papers made; nothing of it waits for them."""

from anlan.base.permissions.actor import system
from anlan.kernel.errors import Conflict
from anlan.kernel.events import on
from anlan.respond.papers import services
from anlan.respond.papers.states import RAISE, START
from anlan.respond.responses.events import ResponseEnded, ResponseMoved, ResponseStarted

BY = system("papers")


@on(ResponseStarted)
def pack_at_start(event: ResponseStarted) -> None:
    """Ask for the pack of a response that started."""
    _ask(event.response, START, f"start:{event.response}")


@on(ResponseMoved)
def pack_at_raise(event: ResponseMoved) -> None:
    """Ask for a new pack when a response grew: more is owed, more must leave."""
    if event.raised:
        _ask(event.response, RAISE, f"raise:{event.response}:{event.moved_at.isoformat()}")


@on(ResponseEnded)
def stop_asking(event: ResponseEnded) -> None:
    """Ask nobody any more to print for what is over."""
    services.stop_printing(response=event.response, by=BY)


def _ask(response: str, why: str, once: str) -> None:
    try:
        services.ask_pack(response=response, why=why, once=once, by=BY)
    except Conflict:
        # It ended before the outbox came round: nobody prints for what is over.
        return
