from datetime import date
from pathlib import Path

import pytest

from anlan import codes
from anlan.codes.tests import Write
from anlan.kernel.errors import Invalid, Missing

OWN = "# source: 县应急局\n# confidence: V\n"


def test_an_operator_adds_and_overrides_rows_and_the_rest_stays(
    write: Write, operator: Path
) -> None:
    before = len(codes.table("posts"))
    write(
        "posts.csv",
        OWN + "code,name,name_en,rank:int\ncommander,总指挥,,7\npilot,无人机飞手,Drone pilot,9\n",
    )
    codes.overlay(operator)
    posts = codes.table("posts")
    assert len(posts) == before + 1
    assert posts.name("commander") == "总指挥"
    assert posts.name("commander", "en") == "Commander"
    assert posts["commander"].whole("rank") == 7
    assert posts["commander"].several("levels") == ("province", "city", "county", "township")
    assert posts["pilot"].source == "县应急局"
    assert [path.split("/")[-1] for path in posts.files] == ["posts.csv", "posts.csv"]
    codes.overlay(None)
    assert codes.table("posts").name("commander") == "指挥长"


def test_an_operator_may_replace_a_table_whole(write: Write, operator: Path) -> None:
    write("reach-ways.csv", "# amends: false\n" + OWN + "code,name,name_en\ngong,铜锣,Gong\n")
    codes.overlay(operator)
    assert [row.code for row in codes.table("reach-ways")] == ["gong"]
    assert codes.table("reach-ways").title == "叫应到户的方式"


def test_an_operator_may_add_a_table(write: Write, operator: Path) -> None:
    write(
        "piers.csv", "# title: 码头\n# title_en: Piers\n" + OWN + "code,name,name_en\n1,一号,One\n"
    )
    codes.overlay(operator)
    assert codes.table("piers").name("1") == "一号"
    assert "piers" in [table.key for table in codes.tables()]


def test_a_folder_that_does_not_exist_is_an_empty_one(operator: Path) -> None:
    codes.overlay(operator / "nowhere")
    assert codes.table("posts").name("commander") == "指挥长"


@pytest.mark.parametrize(
    ("name", "text", "word"),
    [
        ("posts.csv", OWN + "code,name\nnobody,\n", "第 4 行"),
        ("missing.csv", "# amends: true\n" + OWN + "code,name\na,甲\n", "没有名为"),
        ("hazards.csv", "# title: a\n# title_en: a\n" + OWN + "code,name\na,甲\n", "灾种"),
        ("grades/fire.toml", 'title = "火灾"\n', "缺少"),
        ("hazards/gas.toml", 'name = "燃气"\n', "缺少"),
    ],
)
def test_a_fault_in_the_folder_leaves_what_was_in_force(
    write: Write, operator: Path, name: str, text: str, word: str
) -> None:
    path = write(name, text)
    before = codes.hazard("gas")
    with pytest.raises(Invalid, match=word):
        codes.overlay(operator)
    assert codes.hazard("gas") == before
    assert codes.table("posts").name("commander") == "指挥长"
    path.unlink()
    codes.overlay(operator)
    assert codes.rule("fire").confidence == "M"


GAS = """name = "管道燃气"
name_en = "Piped gas"
category = "12P00"
event_code = "12P00"
cap = ["Infra"]
lead = "housing"
levels = [1, 2]
indicators = ["gas_lel"]
posts = ["safety-officer"]
source = "县应急局"
confidence = "V"
"""


def test_an_operator_may_replace_and_add_hazards(write: Write, operator: Path) -> None:
    shipped = len(codes.hazards())
    write("hazards/gas.toml", GAS)
    write("hazards/well.toml", GAS.replace("管道燃气", "水井").replace("Piped gas", "Well"))
    codes.overlay(operator)
    assert len(codes.hazards()) == shipped + 1
    assert codes.hazard("gas").name == "管道燃气"
    assert [level.color for level in codes.hazard("well").levels] == ["#FF0000", "#FF7E00"]
    assert codes.table("hazards").name("well") == "水井"
    codes.overlay(None)
    with pytest.raises(Missing):
        codes.hazard("well")


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (('lead = "housing"', 'lead = "nobody"'), 6),
        (('"gas_lel"', '"smell"'), 8),
        (("levels = [1, 2]", "levels = [1, 5]"), 7),
        (('confidence = "V"', 'confidence = "sure"'), 11),
        (('confidence = "V"', 'confidence = "V"\ngrade_rule = "none"'), 12),
    ],
)
def test_a_hazard_with_a_code_that_does_not_exist_is_refused(
    write: Write, operator: Path, change: tuple[str, str], line: int
) -> None:
    write("hazards/gas.toml", GAS.replace(*change))
    with pytest.raises(Invalid, match=rf"hazards/gas.toml 第 {line} 行"):
        codes.overlay(operator)


RULE = """title = "火灾"
title_en = "Fire"
source = "省里"
confidence = "V"
grades = "event-grades"
region = "33"
effective_from = 2026-01-01
figures = ["deaths"]

[[step]]
grade = "1"
any = ["deaths >= 5"]
"""


def test_a_region_may_grade_by_its_own_rule_from_a_day_on(write: Write, operator: Path) -> None:
    write("grades/fire.toml", RULE)
    codes.overlay(operator)
    after, before = date(2026, 1, 1), date(2025, 12, 31)
    figures = {"deaths": 6.0}
    assert codes.grade("fire", figures, on=after, region="339901").grade == "1"
    assert codes.grade("fire", figures, on=before, region="339901").grade == "3"
    assert codes.grade("fire", figures, on=after, region="110000").grade == "3"


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (('"deaths >= 5"', '"deaths > many"'), "第 12 行"),
        (('"deaths >= 5"', '"deaths <= 5"'), "方向"),
        (('"deaths >= 5"', '"evacuated >= 5"'), "没有声明"),
        (('["deaths"]', '["deaths", "tears"]'), "tears"),
        (('grade = "1"', 'grade = "9"'), "9"),
        (('any = ["deaths >= 5"]', "any = []"), "没有条件"),
        (("effective_from = 2026-01-01", 'effective_from = "x"'), "日期"),
    ],
)
def test_a_faulty_rule_is_refused(
    write: Write, operator: Path, change: tuple[str, str], word: str
) -> None:
    write("grades/fire.toml", RULE.replace(*change))
    with pytest.raises(Invalid, match=word):
        codes.overlay(operator)


def test_a_rule_must_go_from_the_worst_grade_down(write: Write, operator: Path) -> None:
    write("grades/fire.toml", RULE.replace('grade = "1"', 'grade = "2"') + RULE[RULE.index("[[") :])
    with pytest.raises(Invalid, match="最严重"):
        codes.overlay(operator)


def test_two_rules_of_one_region_must_not_share_a_day(write: Write, operator: Path) -> None:
    write("grades/fire.toml", RULE)
    write("grades/fire@2027.toml", RULE.replace("2026", "2027"))
    with pytest.raises(Invalid, match="重叠"):
        codes.overlay(operator)
