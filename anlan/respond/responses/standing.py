"""What people owe in a response: a step of the plan, an order, a signature afterwards."""

from collections.abc import Collection, Mapping

from anlan.base.obligations.kinds import Ask, Words, kind
from anlan.respond.responses.selectors.steps import asks_of, words_of
from anlan.respond.responses.services import note_step_done
from anlan.respond.responses.states import (
    CHECKED_ORDER,
    CHECKED_STEP,
    ORDER,
    SIGNATURE,
    STEP,
)

PLAIN = ("issued", "reached", "answered", "reported", "closed")
CHECKED = ("issued", "reached", "answered", "reported", "verified", "closed")


def _words(steps: Collection[str]) -> Mapping[str, Words]:
    return words_of(steps)


def _forms(steps: Collection[str]) -> Mapping[str, tuple[Ask, ...]]:
    return asks_of(steps)


PLAN_STEP = kind(
    key=STEP, title="预案步骤", title_en="Step of a plan", states=PLAIN, ladder=STEP,
    consequence=note_step_done, words=_words, forms=_forms, noted=True, voice=True,
)  # fmt: skip

CHECKED_PLAN_STEP = kind(
    key=CHECKED_STEP, title="预案步骤（须核实）", title_en="Step of a plan, verified by another",
    states=CHECKED, ladder=STEP, words=_words, forms=_forms, noted=True, voice=True,
)  # fmt: skip

GIVEN = kind(
    key=ORDER, title="交办单", title_en="Order", states=PLAIN, ladder=ORDER, noted=True, voice=True,
)  # fmt: skip

CHECKED_GIVEN = kind(
    key=CHECKED_ORDER, title="交办单（须核实）", title_en="Order, verified by another",
    states=CHECKED, ladder=ORDER, noted=True, voice=True,
)  # fmt: skip

SIGNED_LATER = kind(
    key=SIGNATURE, title="补签口头决定", title_en="Oral decision to sign",
    states=("issued", "reached", "answered", "closed"), ladder="alert-signature",
)  # fmt: skip
