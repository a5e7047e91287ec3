"""Pages are walked to their end, and a walk that has none is noticed."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from anlan.gateways.sources.calling import CallFailed
from anlan.gateways.sources.conversation import Conversation
from anlan.gateways.sources.paging import Walk
from anlan.gateways.sources.tests.far_side import (
    Answer,
    Asked,
    FarSide,
    declared,
    far_side,
    means,
    records,
)

ALL = records(*(at / 10 for at in range(25)))


def walk(home: Path, side: FarSide, more: str, path: str = "/?p={page}") -> list[int]:
    made = declared(f"{side.address}{path}", more)
    steps = Walk(Conversation(made, means(home)), {}).steps()
    return [step.mapped.records for step in steps]


def by_page(asked: Asked) -> Answer:
    number = int(asked.query["p"])
    return Answer({"list": ALL[(number - 1) * 10 : number * 10], "total": 25, "more": number < 3})


@pytest.mark.parametrize(
    ("end", "requests"),
    [
        ('end = "empty"', 4),
        ('end = "short"', 3),
        ('end = "total"\ntotal = "total"', 3),
        ('end = "flag"\nmore = { path = "more", is = true }', 3),
    ],
)
def test_pages_end_as_declared(tmp_path: Path, end: str, requests: int) -> None:
    with far_side(by_page) as side:
        found = walk(tmp_path, side, f'[paging]\nkind = "page"\nsize = 10\n{end}')
    assert (sum(found), len(side.asked)) == (25, requests)


def test_the_other_side_is_asked_no_faster_than_declared(tmp_path: Path) -> None:
    waits: list[float] = []

    def wait(length_s: float) -> bool:
        waits.append(length_s)
        return False

    with far_side(by_page) as side:
        more = '[schedule]\nper_minute = 30\n[paging]\nkind = "page"\nsize = 10\nend = "short"'
        talk = Conversation(
            declared(f"{side.address}/?p={{page}}", more), replace(means(tmp_path), wait=wait)
        )
        assert sum(step.mapped.records for step in Walk(talk, {}).steps()) == 25
    assert waits == [2.0, 2.0]


def test_a_server_that_gives_fewer_than_asked_is_still_read_whole(tmp_path: Path) -> None:
    with far_side(by_page) as side:
        found = walk(tmp_path, side, '[paging]\nkind = "page"\nsize = 500')
    assert found == [10, 10, 5, 0]


def test_offsets_go_on_by_what_came(tmp_path: Path) -> None:
    def by_offset(asked: Asked) -> Answer:
        start = int(asked.query["o"])
        return Answer({"list": ALL[start : start + 10]})

    with far_side(by_offset) as side:
        found = walk(tmp_path, side, '[paging]\nkind = "offset"\nsize = 500', "/?o={offset}")
    assert [int(one.query["o"]) for one in side.asked] == [0, 10, 20, 25]
    assert sum(found) == 25


def test_cursors_are_followed_until_there_is_none(tmp_path: Path) -> None:
    def by_cursor(asked: Asked) -> Answer:
        start = int(asked.query["c"] or 0)
        after = start + 10
        return Answer({"list": ALL[start:after], "next": after if after < 25 else None})

    with far_side(by_cursor) as side:
        more = '[paging]\nkind = "cursor"\nnext = "next"\nstart = "0"'
        found = walk(tmp_path, side, more, "/?c={cursor}")
    assert found == [10, 10, 5]


def test_links_are_followed_on_the_same_host_only(tmp_path: Path) -> None:
    def by_link(asked: Asked) -> Answer:
        start = int(asked.query.get("s", 0))
        link: Any = f"/?s={start + 10}" if start < 20 else None
        return Answer({"list": ALL[start : start + 10], "next": link})

    with far_side(by_link) as side:
        more = '[paging]\nkind = "next"\nnext = "next"'
        assert walk(tmp_path, side, more, "/") == [10, 10, 5]
        side.decide = lambda _: Answer({"list": ALL, "next": "http://127.0.0.2:1/"})
        with pytest.raises(CallFailed, match=r"指向别的主机 127\.0\.0\.2"):
            walk(tmp_path, side, more, "/")


def test_a_platform_that_turns_no_pages_is_noticed(tmp_path: Path) -> None:
    with (
        far_side(lambda _: Answer({"list": ALL})) as side,
        pytest.raises(CallFailed, match="第 2 页与前一页完全相同"),
    ):
        walk(tmp_path, side, '[paging]\nkind = "page"')


def test_pages_without_end_are_given_up(tmp_path: Path) -> None:
    def endless(asked: Asked) -> Answer:
        return Answer({"list": records(float(asked.query["p"]))})

    with far_side(endless) as side, pytest.raises(CallFailed, match="翻了 5 页还没有结束"):
        walk(tmp_path, side, '[paging]\nkind = "page"\nmost = 5')


def test_a_total_that_is_never_reached_is_told(tmp_path: Path) -> None:
    def short(asked: Asked) -> Answer:
        page = int(asked.query["p"])
        return Answer({"list": ALL[:10] if page == 1 else [], "total": 12})

    with far_side(short) as side:
        more = '[paging]\nkind = "page"\nend = "total"\ntotal = "total"'
        made = declared(f"{side.address}/?p={{page}}", more)
        walked = Walk(Conversation(made, means(tmp_path)), {})
        assert len(list(walked.steps())) == 2
    assert walked.notes == ["对方说共 12 条，翻完所有页只有 10 条"]
