"""Deeds on calls (叫应): open them, call again, call the silent, answer for somebody, end them."""

from anlan.warn.services.calls.answering import Spoken, answer_for, note_need
from anlan.warn.services.calls.covering import Asked, read_coverage
from anlan.warn.services.calls.ending import end_calls, tell_over, watch_calls
from anlan.warn.services.calls.opening import begin_calls, fill_round
from anlan.warn.services.calls.pressing import call_silent
from anlan.warn.services.calls.watching import watch_quiet_villages, watch_villages

__all__ = [
    "Asked",
    "Spoken",
    "answer_for",
    "begin_calls",
    "call_silent",
    "end_calls",
    "fill_round",
    "note_need",
    "read_coverage",
    "tell_over",
    "watch_calls",
    "watch_quiet_villages",
    "watch_villages",
]
