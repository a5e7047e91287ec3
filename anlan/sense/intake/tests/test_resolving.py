"""Every observation is refused or taken by itself."""

import numpy as np

from anlan.sense.intake import Directory, Owner
from anlan.sense.intake.queueing import Submission
from anlan.sense.intake.resolving import FUTURE, Resolved, resolve
from anlan.sense.intake.tests.conftest import NOW, decoded, streams


def resolved(*bodies: Submission) -> Resolved:
    return resolve(bodies, Directory.of(streams()), NOW)


def body(*rows: tuple[str, float, float], owner: Owner | None = None,
         units: tuple[str, ...] = (), start: int = 0) -> Submission:  # fmt: skip
    return Submission(decoded(*rows, units=units, start=start), owner, NOW, backfill=False)


def test_values_come_to_rest_in_the_unit_of_their_quantity() -> None:
    found = resolved(body(("W1", 60, 2.5), ("W2", 60, 150.0)))
    assert found.columns.number.tolist() == [1, 2]
    assert found.columns.value.tolist() == [2.5, 6.5]
    assert found.refused == {}


def test_a_unit_that_the_sender_names_wins_over_the_declared_one() -> None:
    found = resolved(body(("W2", 60, 1.5), ("R1", 60, 2.0), units=("m", "cm")))
    assert np.allclose(found.columns.value, [6.5, 20.0])


def test_a_unit_of_another_kind_is_refused_alone() -> None:
    found = resolved(body(("W1", 60, 2.5), ("R1", 60, 2.0), units=("m", "hPa")))
    assert found.columns.number.tolist() == [1]
    (refused,) = found.refused[0]
    assert refused.index == 1
    assert "hPa" in refused.reason


def test_what_does_not_exist_and_what_is_anothers_get_one_and_the_same_answer() -> None:
    mine = Owner("device:a", frozenset({1}))
    found = resolved(body(("W2", 60, 1.0), ("XX", 60, 1.0), ("W1", 60, 1.0), owner=mine))
    assert found.columns.number.tolist() == [1]
    others, nothing = found.refused[0]
    assert others.reason.replace("W2", "") == nothing.reason.replace("XX", "")


def test_the_future_is_refused_beyond_ten_minutes() -> None:
    found = resolved(body(("W1", -599, 1.0), ("W1", -601, 1.0)))
    assert found.columns.time.tolist() == [NOW + 599_000]
    assert [one.reason for one in found.refused[0]] == [FUTURE]


def test_refusals_name_the_place_in_the_body_that_was_sent() -> None:
    found = resolved(body(("W1", 60, 1.0)), body(("W1", 50, 1.0), ("XX", 60, 1.0), start=7))
    assert [one.index for one in found.refused[1]] == [8]
    assert found.sent.tolist() == [0, 1]


def test_an_empty_body_among_others_is_no_trouble() -> None:
    found = resolved(body(), body(("R1", 60, 0.5)))
    assert found.columns.number.tolist() == [3]
    assert found.sent.tolist() == [1]
