from hypothesis import given
from hypothesis import strategies as st

from anlan.base.regions import scope
from anlan.base.regions.gazetteer import FEW, Gazetteer

villages = st.lists(
    st.tuples(
        st.integers(1, 3), st.integers(1, 40), st.text("云屿石门山水", min_size=1, max_size=4)
    ),
    min_size=1,
    max_size=40,
    unique_by=lambda row: row[:2],
)


def rows_of(drawn: list[tuple[int, int, str]]) -> list[tuple[int, str, str, str]]:
    return sorted(
        (5, f"3399011{town:02d}{village:03d}", name, "x" * len(name))
        for town, village, name in drawn
    )


@given(villages, st.text("云屿石门山水", min_size=1, max_size=3), st.integers(1, 3))
def test_search_finds_what_a_walk_over_all_names_finds(
    drawn: list[tuple[int, int, str]], typed: str, town: int
) -> None:
    rows = rows_of(drawn)
    trimmed = f"3399011{town:02d}"
    expected = {code for _, code, name, _ in rows if typed in name and scope.covers(trimmed, code)}
    found = Gazetteer(rows).search(typed, (trimmed,), 100)
    assert set(found) == expected
    assert len(found) == len(expected)


@given(villages, st.text("云屿石门山水", min_size=1, max_size=3))
def test_whole_names_come_before_beginnings_and_those_before_the_rest(
    drawn: list[tuple[int, int, str]], typed: str
) -> None:
    rows = rows_of(drawn)
    names = {code: name for _, code, name, _ in rows}

    def rank(code: str) -> int:
        return 0 if names[code] == typed else 1 if names[code].startswith(typed) else 2

    found = [rank(code) for code in Gazetteer(rows).search(typed, ("",), 100)]
    assert found == sorted(found)


def test_a_beginning_is_found_behind_many_others() -> None:
    rows = [(5, f"339901102{number:03d}", "前村", "qc") for number in range(FEW + 50)]
    rows.append((5, "339901103201", "村前", "cq"))
    assert Gazetteer(rows).search("村", ("",), 5)[0] == "339901103201"


def test_nothing_typed_finds_nothing() -> None:
    assert Gazetteer([(5, "339901102201", "前村", "qc")]).search("  ", ("",), 5) == []
    assert Gazetteer([]).search("村", ("",), 5) == []
