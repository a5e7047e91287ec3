"""应转 = 集中安置 + 投亲靠友 + 未转 at every minute and for every region, whatever is ticked."""

from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anlan.base.people.tests import village as v
from anlan.kernel import clock
from anlan.respond.evacuation import services
from anlan.respond.evacuation.models import Entry, Evacuation, Tick
from anlan.respond.evacuation.selectors.counting import NOBODY, Tally, recounted, sums, tally
from anlan.respond.evacuation.services.ticking import Ticker, Word
from anlan.respond.evacuation.tests.conftest import (
    COMMANDER,
    OFFICER,
    ordered,
    shelter_of,
    zone,
)

STATES = (
    ("told", ""), ("moving", ""), ("sheltered", ""), ("relatives", ""), ("returned", ""),
    ("refused", "keeps-boat"), ("lost", "no-answer"), ("struck", "counted-twice"),
)  # fmt: skip


@st.composite
def deeds(draw: st.DrawFn) -> list[tuple[str, Any]]:
    """Ticks of anybody, newcomers, and the danger lifted somewhere in between."""
    one = st.one_of(
        st.tuples(
            st.just("tick"),
            st.tuples(
                st.integers(0, 5),
                st.sampled_from(STATES),
                st.none() | st.integers(1, 20),
                st.booleans(),
            ),
        ),
        st.tuples(st.just("add"), st.integers(1, 4)),
        st.tuples(st.just("lift"), st.sampled_from([v.NEAR, v.FAR])),
    )
    return draw(st.lists(one, min_size=1, max_size=12))


def do(batch: Evacuation, deed: tuple[str, Any], entries: list[Entry], shelter: str) -> None:
    kind, what = deed
    if kind == "add":
        newcomer = services.Newcomer(village=v.NEXT, state="relatives", people=what)
        services.add_people(evacuation=batch.pk, newcomer=newcomer, ticker=Ticker(OFFICER))
    elif kind == "lift":
        batch.refresh_from_db()
        if batch.state == "ordered":
            services.lift_danger(evacuation=batch.pk, villages=[what], by=COMMANDER)
    else:
        at, (state, reason), people, whole = what
        entry = entries[at % len(entries)]
        word = Word(
            state=state, reason=reason, shelter=shelter if state == "sheltered" else "",
            entry="" if whole and entry.household_id else entry.pk,
            household=entry.household_id or "" if whole else "",
            people=None if whole else people,
        )  # fmt: skip
        services.tick_roll(evacuation=batch.pk, words=[word], ticker=Ticker(OFFICER))


def adds_up(counted: Tally) -> None:
    """Hold the identity for every village and all of them together."""
    for region in (*({one} for one in counted), set(counted)):
        found = sums([counted[code] for code in region])
        assert found.due == sum(found.parts.values(), NOBODY)
        inside = found.inside
        pending = inside["refused"] + inside["lost"] + inside["strayed"]
        for number, whole in ((pending, found.parts["pending"]),
                              (inside["home-shelter"], found.parts["shelter"]),
                              (inside["home-relatives"], found.parts["relatives"])):  # fmt: skip
            assert 0 <= number.people <= whole.people
            assert 0 <= number.unknown <= whole.unknown


def trimmed(counted: Tally) -> Tally:
    """Leave out the states nobody is in."""
    kept = {region: {s: n for s, n in own.items() if n} for region, own in counted.items()}
    return {region: own for region, own in kept.items() if own}


@pytest.mark.usefixtures("world")
@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(deeds())
def test_the_sum_holds_at_every_moment_and_both_ways_of_counting_agree(
    done: list[tuple[str, Any]],
) -> None:
    from django.db import transaction

    with transaction.atomic():
        if not Entry.objects.filter(zone__code="Z4").exists():
            zone("Z4", people=None, region=v.FAR)
        batch = ordered()
        entries = list(batch.entries.order_by("pk"))
        shelter = shelter_of("S2").pk
        seen: list[tuple[datetime, Tally]] = []
        for deed in done:
            do(batch, deed, entries, shelter)
            now = tally(batch.pk)
            adds_up(now)
            assert trimmed(now) == trimmed(recounted(batch.pk))
            seen.append((clock.now(), now))
        for moment, then in seen:
            past = tally(batch.pk, moment)
            adds_up(past)
            assert trimmed(past) == trimmed(then)
        assert tally(batch.pk, batch.created_at) == {}
        inside = sum(
            one.people or 0 for one in Entry.objects.filter(evacuation=batch, inside=shelter)
        )
        assert shelter_of("S2").occupied == inside
        assert all(one.people != 0 for one in Tick.objects.filter(evacuation=batch))
        transaction.set_rollback(True)
