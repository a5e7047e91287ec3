"""Bands are written here from the standards' tables, not from the table files."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan import codes
from anlan.codes.scales import holds, scale_table
from anlan.kernel.errors import Invalid, Missing

WIND = (
    0.0, 0.3, 1.6, 3.4, 5.5, 8.0, 10.8, 13.9, 17.2, 20.8,
    24.5, 28.5, 32.7, 37.0, 41.5, 46.2, 51.0, 56.1, 61.3,
)  # fmt: skip
#: Scale, then the band each value opens and the band just below it.
OPENINGS = [
    *(("wind", low, str(n), str(n - 1) if n else None) for n, low in enumerate(WIND)),
    ("typhoon", 10.8, "td", "below-td"),
    ("typhoon", 17.2, "ts", "td"),
    ("typhoon", 24.5, "sts", "ts"),
    ("typhoon", 32.7, "ty", "sts"),
    ("typhoon", 41.5, "sty", "ty"),
    ("typhoon", 51.0, "superty", "sty"),
    ("rain-24h", 0.1, "light", "trace"),
    ("rain-24h", 10.0, "moderate", "light"),
    ("rain-24h", 25.0, "heavy", "moderate"),
    ("rain-24h", 50.0, "storm", "heavy"),
    ("rain-24h", 100.0, "severe-storm", "storm"),
    ("rain-24h", 250.0, "extreme-storm", "severe-storm"),
    ("rain-12h", 0.1, "light", "trace"),
    ("rain-12h", 5.0, "moderate", "light"),
    ("rain-12h", 15.0, "heavy", "moderate"),
    ("rain-12h", 30.0, "storm", "heavy"),
    ("rain-12h", 70.0, "severe-storm", "storm"),
    ("rain-12h", 140.0, "extreme-storm", "severe-storm"),
    ("rain-1h", 20.0, "short-heavy", "below"),
    ("snow-24h", 0.1, "light", "trace"),
    ("snow-24h", 2.5, "moderate", "light"),
    ("snow-24h", 5.0, "heavy", "moderate"),
    ("snow-24h", 10.0, "storm", "heavy"),
    ("snow-24h", 20.0, "severe-storm", "storm"),
    ("snow-24h", 30.0, "extreme-storm", "severe-storm"),
    ("snow-12h", 0.1, "light", "trace"),
    ("snow-12h", 1.0, "moderate", "light"),
    ("snow-12h", 3.0, "heavy", "moderate"),
    ("snow-12h", 6.0, "storm", "heavy"),
    ("snow-12h", 10.0, "severe-storm", "storm"),
    ("snow-12h", 15.0, "extreme-storm", "severe-storm"),
    ("fog", 50, "severe", "extreme"),
    ("fog", 200, "dense", "severe"),
    ("fog", 500, "fog", "dense"),
    ("fog", 1000, "mist", "fog"),
    ("fog", 10000, None, "mist"),
    ("sand", 50, "severe", "extreme"),
    ("sand", 500, "storm", "severe"),
    ("sand", 1000, "blowing", "storm"),
    ("sand", 10000, None, "blowing"),
    ("flood-return", 5, "medium", "small"),
    ("flood-return", 20, "large", "medium"),
    ("flood-return", 50, "extreme", "large"),
    ("magnitude", 3.0, "felt", "weak"),
    ("magnitude", 4.5, "moderate", "felt"),
    ("magnitude", 6.0, "strong", "moderate"),
    ("magnitude", 8.0, "great", "strong"),
    ("wave-near", 2.5, "4", "none"),
    ("wave-near", 3.5, "3", "4"),
    ("wave-near", 4.5, "2", "3"),
    ("wave-near", 6.0, "1", "2"),
    ("tsunami", 0.3, "3", "4"),
    ("tsunami", 1.0, "2", "3"),
    ("tsunami", 3.0, "1", "2"),
    ("reservoir-sizes", 100, "small-1", "small-2"),
    ("reservoir-sizes", 1000, "medium", "small-1"),
    ("reservoir-sizes", 10000, "large-2", "medium"),
    ("reservoir-sizes", 100000, "large-1", "large-2"),
]


def code(scale: str, value: float) -> str | None:
    found = codes.band(scale, value)
    return None if found is None else found.code


@pytest.mark.parametrize(("scale", "value", "opened", "below"), OPENINGS)
def test_a_band_begins_with_its_number_and_not_below(
    scale: str, value: float, opened: str | None, below: str | None
) -> None:
    assert code(scale, value) == opened
    if below is not None:
        step = float(dict(scale_table(scale).attributes).get("step", "0"))
        assert code(scale, value - step if step else math.nextafter(value, -math.inf)) == below


@pytest.mark.parametrize(
    ("value", "grade"),
    [
        (-2.01, "extreme"), (-2.0, "extreme"), (-1.99, "severe"), (-1.5, "severe"),
        (-1.49, "moderate"), (-1.0, "moderate"), (-0.99, "mild"), (-0.5, "mild"),
        (-0.49, "none"), (3.0, "none"),
    ],
)  # fmt: skip
def test_drought_bands_close_at_their_upper_end(value: float, grade: str) -> None:
    assert code("drought", value) == grade


@pytest.mark.parametrize(
    ("index", "grade"),
    [
        (0, "1"),
        (25, "1"),
        (26, "2"),
        (50, "2"),
        (51, "3"),
        (72, "3"),
        (73, "4"),
        (90, "4"),
        (91, "5"),
    ],
)
def test_forest_fire_danger_grades_are_whole_numbers(index: float, grade: str) -> None:
    assert code("forest-fire-danger", index) == grade


def test_a_value_is_rounded_to_the_precision_of_the_standard() -> None:
    assert code("wind", 17.149) == "7"
    assert code("wind", 17.15) == "8"
    assert code("wind", 32.699999999999996) == "12"
    assert code("rain-24h", 49.94) == "heavy"


def test_unknown_has_no_band() -> None:
    assert codes.band("wind", None) is None


def test_a_band_tells_where_it_comes_from() -> None:
    found = codes.band("wind", 33.0)
    assert found is not None
    assert (found.code, found.name, found.label("en"), found.unit) == (
        "12",
        "12级",
        "Force 12",
        "m/s",
    )
    assert (found.lower, found.upper, found.rank, found.confidence) == (32.7, 37.0, 12, "M")


@pytest.mark.parametrize("value", [-0.1, -5.0, math.nan, math.inf])
def test_a_value_that_cannot_be_is_refused(value: float) -> None:
    with pytest.raises(Invalid):
        codes.band("rain-24h", value)


def test_an_unknown_scale_is_missing() -> None:
    with pytest.raises(Missing):
        codes.band("colour", 1.0)
    with pytest.raises(Missing):
        codes.band("posts", 1.0)


@pytest.mark.parametrize("table", codes.scale_tables(), ids=lambda table: table.key)
def test_the_bands_of_a_scale_meet_without_gap_or_overlap(table: codes.Table) -> None:
    bands = [(row.number("lower"), row.number("upper")) for row in table]
    for (_, upper), (lower, _) in pairwise(bands):
        assert upper is not None
        assert upper == lower
    assert table.attributes["unit"]
    assert table.attributes["closed"] in ("lower", "upper")


@given(st.sampled_from(codes.scale_tables()), st.floats(-500, 200_000), st.floats(-500, 200_000))
def test_a_larger_value_never_falls_into_an_earlier_band(
    table: codes.Table, one: float, other: float
) -> None:
    low, high = sorted((one, other))
    first = codes.table(table.key).rows[0].number("lower")
    if first is not None and low < first:
        return
    ranks = [codes.band(table.key, value) for value in (low, high)]
    if ranks[0] is not None and ranks[1] is not None:
        assert ranks[0].rank <= ranks[1].rank
    assert not (ranks[0] is None and ranks[1] is not None)


@given(st.sampled_from(codes.scale_tables()), st.floats(0, 200_000))
def test_a_value_falls_into_at_most_one_band(table: codes.Table, value: float) -> None:
    assert sum(holds(row, value, closed=table.attributes["closed"]) for row in table) <= 1
