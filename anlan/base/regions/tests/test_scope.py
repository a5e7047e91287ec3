import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.base.regions import scope
from anlan.kernel.errors import Invalid

groups = st.tuples(
    st.integers(11, 82).map("{:02d}".format),
    *(st.integers(0, 99).map("{:02d}".format) for _ in range(2)),
    *(st.integers(0, 999).map("{:03d}".format) for _ in range(3)),
)
codes = groups.map(lambda parts: scope.normalise("".join(parts)))


@given(codes)
def test_normalising_a_stored_code_changes_nothing(code: str) -> None:
    assert scope.normalise(code) == code
    assert len(code) in (scope.PADDED, scope.GRID)


@given(codes)
def test_a_prefix_and_its_code_name_the_same_region(code: str) -> None:
    trimmed = scope.prefix(code)
    assert scope.pad(trimmed) == code
    assert scope.normalise(trimmed) == code
    assert scope.level_of(trimmed) == scope.level_of(code) >= 1


@given(codes, codes)
def test_the_range_of_a_prefix_holds_exactly_the_codes_that_start_with_it(
    above: str, code: str
) -> None:
    trimmed = scope.prefix(above)
    in_range = trimmed <= code < scope.next_prefix(trimmed)
    assert in_range == code.startswith(trimmed) == scope.covers(trimmed, code)


@given(groups, st.sampled_from(scope.LENGTHS))
def test_the_range_of_a_prefix_holds_every_code_below_it(
    parts: tuple[str, ...], length: int
) -> None:
    text = "".join(parts)
    trimmed, code = scope.prefix(text[:length]), scope.normalise(text)
    assert trimmed <= code < scope.next_prefix(trimmed)


@given(codes)
def test_ancestors_cover_a_code_and_go_down_level_by_level(code: str) -> None:
    above = scope.ancestors(code)
    assert code not in above
    assert all(scope.covers(scope.prefix(one), code) for one in above)
    levels = [scope.level_of(one) for one in above]
    assert levels == sorted(set(levels))
    assert not levels or levels[-1] < scope.level_of(code)


@given(st.text("0123456789", min_size=1, max_size=15).filter(lambda text: text[-1] != "9"))
def test_nothing_lies_between_a_prefix_and_the_next(trimmed: str) -> None:
    following = scope.next_prefix(trimmed)
    assert trimmed + "9" * 15 < following
    assert len(following) == len(trimmed)


@pytest.mark.parametrize(
    ("written", "stored", "level"),
    [
        ("33", "330000000000", 1),
        ("50", "500000000000", 1),
        ("331000", "331000000000", 2),
        ("339901", "339901000000", 3),
        ("339901100", "339901100000", 4),
        ("339901102200", "339901102200", 5),
        ("339901102200000", "339901102200", 5),
        ("339901102200010", "339901102200010", 6),
        (" 441900003 ", "441900003000", 4),
    ],
)
def test_every_way_of_writing_a_code_is_understood(written: str, stored: str, level: int) -> None:
    assert scope.normalise(written) == stored
    assert scope.level_of(written) == level


@pytest.mark.parametrize(
    "wrong", ["", " ", "3", "33990", "3399011022011234", "33A901", "３３９９０１"]
)
def test_what_is_no_code_is_refused(wrong: str) -> None:
    with pytest.raises(Invalid):
        scope.normalise(wrong)


def test_the_whole_country_must_be_written_out() -> None:
    assert scope.prefix(scope.COUNTRY) == ""
    assert scope.level_of(scope.COUNTRY) == 0
    with pytest.raises(Invalid):
        scope.prefix("")


def test_a_city_without_counties_stands_above_its_towns_once() -> None:
    assert scope.ancestors("441900003001") == ["440000000000", "441900000000", "441900003000"]


def test_no_prefix_at_all_covers_nothing_and_the_empty_prefix_everything() -> None:
    assert not scope.covers("", "")
    assert scope.covers("", "339901000000")
    assert str(scope.within(())) == "(AND: ('pk__in', ()))"
    assert str(scope.within(["33", ""])) == "(AND: )"


def test_overlapping_prefixes_are_asked_once() -> None:
    assert scope.within(["339901", "33", "3399"]) == scope.within(["33"])
