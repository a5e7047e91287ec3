"""Deeds on responses: proposed, started, moved, ended; steps that become owed; orders."""

from anlan.respond.responses.services.deciding import Word, sign_turn
from anlan.respond.responses.services.ending import End, carry_over, end_response, strike_off
from anlan.respond.responses.services.ordering import Given, give_order
from anlan.respond.responses.services.proposing import decline_proposal, weigh
from anlan.respond.responses.services.rescheduling import Rescheduled
from anlan.respond.responses.services.ripening import note_step_done, ripen
from anlan.respond.responses.services.starting import (
    Start,
    Turned,
    move_response,
    start_response,
)
from anlan.respond.responses.services.verifying import (
    ask_to_verify,
    judge_by_answer,
    settle_checks,
)

__all__ = [
    "End",
    "Given",
    "Rescheduled",
    "Start",
    "Turned",
    "Word",
    "ask_to_verify",
    "carry_over",
    "decline_proposal",
    "end_response",
    "give_order",
    "judge_by_answer",
    "move_response",
    "note_step_done",
    "ripen",
    "settle_checks",
    "sign_turn",
    "start_response",
    "strike_off",
    "weigh",
]
