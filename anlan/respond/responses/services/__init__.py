"""Deeds on responses: proposed, started, moved, ended; steps that become owed; orders."""

from anlan.respond.responses.services.deciding import Word, sign_turn
from anlan.respond.responses.services.ending import End, carry_over, end_response, strike_off
from anlan.respond.responses.services.ordering import Given, give_order
from anlan.respond.responses.services.proposing import decline_proposal, weigh
from anlan.respond.responses.services.ripening import note_step_done, ripen
from anlan.respond.responses.services.starting import (
    Start,
    Turned,
    move_response,
    start_response,
)

__all__ = [
    "End",
    "Given",
    "Start",
    "Turned",
    "Word",
    "carry_over",
    "decline_proposal",
    "end_response",
    "give_order",
    "move_response",
    "note_step_done",
    "ripen",
    "sign_turn",
    "start_response",
    "strike_off",
    "weigh",
]
