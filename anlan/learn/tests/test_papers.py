"""A review on paper: in words, with what somebody is to mend; its tables as a workbook."""

import io
import re

import pytest
from openpyxl import load_workbook

from anlan.base.people import selectors as people
from anlan.kernel.errors import Missing
from anlan.learn import services
from anlan.learn.selectors import papers, reviews
from anlan.learn.selectors.delays import delays
from anlan.learn.tests.conftest import Past
from anlan.learn.tests.test_reviews import FAR, _lesson
from anlan.protocols.official.tests.test_paper import lines, part
from anlan.respond.responses.models import Response
from anlan.respond.responses.tests.conftest import CHARLIE, LEAD, OFFICER, SECTION

pytestmark = pytest.mark.django_db


def held(past: Past) -> tuple[str, str]:
    """Give a post that somebody holds, and who."""
    found = people.holders_of([one.pk for one in past.scene.world.posts.values()])
    post = min(found)
    return post, found[post][0]["name"]


def noted(past: Past) -> str:
    review = past.review.pk
    services.write_conclusion(review=review, text="名单慢了", turn=1, by=SECTION)
    (post, _) = held(past)
    services.note_lesson(review=review, noted=_lesson(post=post, due_on=FAR, link="step"),
                         by=SECTION)  # fmt: skip
    return review


def test_the_paper_sets_plan_beside_fact_and_names_who_is_to_mend_what(past: Past) -> None:
    name, content = papers.word_of(LEAD, noted(past))
    said = lines(part(content))
    whole = "\n".join(said)
    assert name.endswith("复盘评估报告.docx")
    steps = {one["key"]: one for one in delays(Response.objects.get(pk=past.response))["steps"]}
    row = said.index(steps["lists"]["title"], said.index("不再要求"))
    assert said[row : row + 9] == [
        steps["lists"]["title"], "4", "1", "3小时", "4小时30分钟", "4小时30分钟", "1", "0", "3",
    ]  # fmt: skip
    assert "名单慢了" in whole
    assert f"（步骤下达到完成，“{steps['lists']['title']}”）" in whole
    assert "2099年1月1日前" in whole
    assert "复盘中，尚未完成" in whole
    assert not re.search(r"\b[a-z_]+\.[a-z_]+\b|[0-9A-Z]{26}|plan-step", whole)


def test_a_finished_review_says_who_finished_it_and_nothing_of_being_open(past: Past) -> None:
    review = noted(past)
    services.finish_review(review=review, turn=2, by=past.chief)
    said = lines(part(papers.word_of(LEAD, review)[1]))
    whole = "\n".join(said)
    told = reviews.one(LEAD, review)
    assert f"由{told['finished_by_name']}完成。" in whole
    assert "尚未完成" not in whole
    assert "还没有" not in whole
    assert "完成复盘后下达" not in whole  # what was to be mended is owed now


def test_names_are_masked_for_who_may_not_take_them_away(past: Past) -> None:
    review = noted(past)
    clear, masked = (
        "\n".join(lines(part(papers.word_of(who, review)[1]))) for who in (LEAD, OFFICER)
    )
    _, name = held(past)
    assert name in clear
    assert name not in masked


def test_the_workbook_has_the_figures_of_the_page(past: Past) -> None:
    review = noted(past)
    _, content = papers.workbook_of(OFFICER, review)
    book = load_workbook(io.BytesIO(content))
    told = delays(Response.objects.get(pk=past.response))
    links, steps = book["环节用时（分钟）"], book["预案步骤（分钟）"]
    assert [one.value for one in links["B"][1:]] == [one["count"] for one in told["links"]]
    assert [one.value for one in steps["F"][1:]] == [one["longest_min"] for one in told["steps"]]
    assert book["意见和整改"].max_row == 2


def test_who_may_not_see_a_review_gets_no_paper(past: Past) -> None:
    for write in (papers.word_of, papers.workbook_of):
        with pytest.raises(Missing):
            write(CHARLIE, past.review.pk)
