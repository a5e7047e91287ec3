"""Loss figures that do not agree: told per field, errors and doubts apart, unknown is not wrong."""

import pytest

from anlan import codes
from anlan.kernel.errors import Invalid
from anlan.relief.checking import Beside, check, unexplained
from anlan.relief.figures import Sum, add_up, fields, read_figures

ALONE = Beside()


def found(figures: dict[str, float], beside: Beside = ALONE) -> list[tuple[str, str, str]]:
    return [(one.gravity, one.at, one.rule) for one in check(figures, beside)]


def test_a_sound_report_raises_nothing() -> None:
    figures = {
        "affected": 5200, "dead": 0, "missing": 0, "resettled": 820, "resettled-now": 300,
        "central": 320, "central-now": 100, "dispersed": 500, "dispersed-now": 200,
        "collapsed-rooms": 40, "collapsed-home-rooms": 24, "collapsed-homes": 9, "crops-hit": 120.5,
        "crops-damaged": 60, "crops-lost": 12.25, "loss": 860, "loss-homes": 200,
        "loss-farming": 310.5, "loss-industry": 49.5, "loss-infrastructure": 280,
        "loss-services": 20, "loss-other": 0,
    }  # fmt: skip
    assert found(figures) == []


@pytest.mark.parametrize(
    ("figures", "field", "rule"),
    [
        ({"crops-hit": 10, "crops-damaged": 11}, "crops-damaged", "crops-damaged"),
        ({"crops-damaged": 10, "crops-lost": 10.01}, "crops-lost", "crops-lost"),
        ({"affected": 2, "dead": 2, "missing": 1}, "dead", "dead-missing"),
        ({"resettled": 10, "central": 4, "dispersed": 5}, "resettled", "resettled"),
        ({"resettled": 10, "central": 4, "dispersed": 7}, "resettled", "resettled"),
        ({"collapsed-rooms": 3, "collapsed-home-rooms": 4}, "collapsed-home-rooms",
         "of:collapsed-home-rooms"),
        ({"resettled": 9, "resettled-now": 10}, "resettled-now", "now:resettled-now"),
        ({"collapsed-home-rooms": 3, "collapsed-homes": 4}, "collapsed-homes", "homes-collapsed"),
    ],
)  # fmt: skip
def test_each_statutory_check_names_its_field(
    figures: dict[str, float], field: str, rule: str
) -> None:
    assert found(figures) == [("error", field, rule)]


def test_the_parts_of_the_loss_make_up_the_loss() -> None:
    parts = dict.fromkeys(codes.table("loss-rules")["loss"].several("left"), 10.0)
    assert found({**parts, "loss": 60}) == []
    assert found({**parts, "loss": 60.01}) == [("error", "loss", "loss")]


def test_what_is_not_known_is_judged_by_its_known_part_only() -> None:
    assert found({"loss": 60, "loss-homes": 59}) == []
    assert found({"loss": 60, "loss-homes": 40, "loss-farming": 21}) == [("error", "loss", "loss")]
    assert found({"dead": 5}) == []
    assert found({"affected": 1, "missing": 2}) == [
        ("error", "missing", "of:missing"), ("error", "dead", "dead-missing"),
    ][::-1]  # fmt: skip


def test_a_figure_that_only_grows_asks_why_when_it_falls_or_is_left_out() -> None:
    last = {"affected": 100.0, "resettled-now": 50.0, "crops-hit": 3.0}
    told = found({"affected": 90, "resettled-now": 10}, Beside(last=last))
    assert told == [("doubt", "affected", "falls"), ("doubt", "crops-hit", "falls")]


def test_a_region_has_at_least_what_those_below_it_told() -> None:
    below = {"affected": Sum(100, ()), "crops-hit": Sum(3, ("339901102000",))}
    assert found({"affected": 99, "crops-hit": 2}, Beside(below=below)) == [
        ("error", "affected", "rows-below"), ("error", "crops-hit", "rows-below"),
    ]  # fmt: skip
    assert found({"affected": 100, "crops-hit": 9}, Beside(below=below)) == []
    assert found({"affected": 101}, Beside(below=below)) == [("doubt", "affected", "rows-above")]


def test_the_list_of_the_dead_is_asked_for_at_once_and_must_agree_in_the_end() -> None:
    listed = {"dead": 1.0, "missing": 0.0}
    figures = {"affected": 9.0, "dead": 2.0, "missing": 0.0}
    assert found(figures, Beside(listed=listed)) == [("doubt", "dead", "list-dead")]
    assert found(figures, Beside(listed=listed, final=True)) == [("error", "dead", "list-dead")]


def test_a_note_answers_a_doubt_and_never_an_error() -> None:
    findings = check(
        {"affected": 90, "crops-hit": 1, "crops-damaged": 2}, Beside(last={"affected": 100})
    )
    assert {one.key for one in findings} == {"falls/affected", "crops-damaged/crops-damaged"}
    notes = {one.key: "核实后更正" for one in findings}
    assert [one.rule for one in unexplained(findings, notes)] == ["crops-damaged"]
    assert len(unexplained(findings, {"falls/affected": " "})) == 2


def test_figures_are_read_as_people_type_them_and_blank_is_not_zero() -> None:
    given = {"affected": "1,200", "crops-hit": "3.456", "dead": 0, "missing": "", "injured": None}
    assert read_figures(given) == {"affected": 1200, "crops-hit": 3.46, "dead": 0}


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("affected", "几百", "应是数字"), ("affected", True, "应是数字"),
        ("affected", 1.5, "应是整数"), ("dead", -1, "不能是负数"),
        ("loss", 1e12, "数字太大，请核对单位"), ("loss", "nan", "数字太大，请核对单位"),
        ("nobody", 1, "没有这个指标"),
    ],
)  # fmt: skip
def test_what_is_no_figure_is_refused_by_its_field(field: str, value: object, reason: str) -> None:
    with pytest.raises(Invalid) as caught:
        read_figures({field: value, "missing": 0})
    assert caught.value.errors == {field: [reason]}


def test_a_sum_with_somebody_missing_is_a_lower_bound() -> None:
    told = add_up({"A": {"affected": 10, "dead": 0}, "B": {"affected": 5}, "C": None})
    assert (told["affected"].value, told["affected"].missing) == (15, ("C",))
    assert (told["dead"].value, told["dead"].missing) == (0, ("B", "C"))
    assert told["loss"].value is None
    assert told["affected"].is_lower_bound


def test_every_rule_and_every_part_names_figures_that_exist() -> None:
    known = set(fields())
    for row in codes.table("loss-rules"):
        assert {*row.several("left"), *row.several("right")} <= known, row.code
    for row in codes.table("relief-thresholds"):
        assert set(row.several("figures")) <= known, row.code
    for one in fields().values():
        assert {one.of, one.now_of} - {""} <= known, one.key
        assert one.group in codes.table("loss-groups")
