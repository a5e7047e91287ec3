"""Before the button: messages, parts, cost and minutes as they then come true."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from anlan import codes
from anlan.base.jobs.worker import drain
from anlan.base.people.models import Holding, Post
from anlan.base.regions.models import Region
from anlan.codes import loader
from anlan.comms.parts import parts_of
from anlan.comms.tests.conftest import Home
from anlan.comms.tests.providers import set_up
from anlan.comms.tests.sink import sink
from anlan.warn.models import Alert
from anlan.warn.selectors.board import Query, board
from anlan.warn.selectors.checks.impact import Load, impact
from anlan.warn.selectors.checks.wording import wording
from anlan.warn.tests import calling as v
from anlan.warn.tests.conftest import A1, A2, OFFICER, WEST, Turn, World

pytestmark = pytest.mark.django_db

PRICES = """# title: 叫应快慢
# title_en: How fast calls go
# source: 试
# confidence: O
code,name,name_en,seconds:float,lines:int,by_hand:bool,yuan:float
sms,短信,Short message,0.02,1,false,0.05
voice,语音电话,Telephone call,60,5,true,
"""


@pytest.fixture(autouse=True)
def posts(world: World) -> dict[str, Post]:  # noqa: ARG001 - comes after it
    """Make posts whose holders have telephones."""
    made = v.make_posts()
    v.give_telephones()
    return made


@pytest.fixture
def prices(tmp_path: Path) -> Iterator[None]:
    """Let a short message cost five fen, and five telephone at once."""
    shelf = loader.shelf()
    (tmp_path / "call-pace.csv").write_text(PRICES, "utf-8")
    codes.overlay(tmp_path)
    yield
    loader.put(shelf)


def _loads(alert: Alert) -> dict[str, Load]:
    return {one.channel: one for one in impact(alert, OFFICER).loads}


@pytest.mark.usefixtures("prices")
@pytest.mark.parametrize("words", ["预计有暴雨。", "长" * 700], ids=["few", "many"])
def test_parts_and_cost_are_those_of_the_texts_then_sent(
    home: Home, posts: dict[str, Post], words: str
) -> None:
    v.hold(posts["A1-HEAD"], "A1-HEAD", "B")  # a deputy is not told on the first rung
    both = Holding.objects.get(post=posts["A1-HEAD"], rank="A").person_id
    Holding.objects.filter(post=posts["A1-MOVE"]).update(person=both)  # told once
    Post.objects.filter(code="W-HEAD").update(title="党政主要负责人" * 6)
    alert = v.issued(text=words)
    more = 'per_second = 500\n[text]\nprefix = "【云屿应急】"'
    with sink() as far:
        set_up(home, far.address, more)
        ahead = _loads(alert)["sms"]
        v.call(alert)
        v.told()
        drain()
    texts = [asked.json["text"] for asked in far.asked]
    parts = [parts_of(text) for text in texts]
    assert len(set(parts)) > 1
    assert not any(words in text for text in texts)
    assert (ahead.messages, ahead.segments) == (len(texts), sum(parts))
    assert ahead.yuan == pytest.approx(0.05 * sum(parts))


def test_a_channel_that_takes_the_whole_text_is_counted_by_it(home: Home) -> None:
    alert = v.issued(text="长" * 700)
    set_up(home, "http://127.0.0.1:9")
    short = _loads(alert)["sms"]
    set_up(home, "http://127.0.0.1:9", '[text]\nuse = "long"')
    whole = _loads(alert)["sms"]
    assert short.messages == whole.messages
    assert short.segments
    assert whole.segments
    assert whole.segments >= whole.messages * parts_of("长" * 700) > 4 * short.segments


@pytest.mark.usefixtures("prices")
def test_minutes_are_those_the_board_then_forecasts(home: Home, turn: Turn) -> None:
    alert = v.issued()
    set_up(home, "http://127.0.0.1:9", "per_second = 0.1")
    ahead = impact(alert, OFFICER)
    v.call(alert)
    v.told()
    told = board(OFFICER, alert.pk, Query())["forecast"]
    shown = {one["channel"]: (one["done_at"] - turn.at) / timedelta(minutes=1)
             for one in told["channels"]}  # fmt: skip
    assert {one.channel: one.minutes for one in ahead.loads} == pytest.approx(shown, abs=0.05)
    reached = len(v.WEST_RED) - len(v.VACANT)
    # By the rate of the channel's file, and by as many at the telephone as the table says.
    assert shown["sms"] == pytest.approx(reached * 10 / 60)
    assert shown["voice"] == pytest.approx(reached / 5)
    assert ahead.minutes == pytest.approx((told["last_at"] - turn.at) / timedelta(minutes=1))


@pytest.mark.usefixtures("prices")
def test_what_takes_longer_than_there_is_time_to_answer_is_told_with_both(home: Home) -> None:
    alert = v.issued()
    set_up(home, "http://127.0.0.1:9", "per_second = 0.001")
    ahead = _loads(alert)
    assert {one.within for one in ahead.values()} == {15.0}  # a red alert's ladder
    assert ahead["sms"].minutes > 15
    assert ahead["voice"].minutes < 15


def test_only_the_short_message_of_the_call_is_noted_as_too_long(home: Home) -> None:
    def noted(alert: Alert) -> list[str]:
        return [one.text for one in wording(alert) if one.code == "long"]

    set_up(home, "http://127.0.0.1:9")
    long_text = v.issued(text="长" * 700)
    assert noted(long_text) == []
    (said,) = noted(v.issued(title="题" * 200))
    assert "拆成 5 条" in said
    assert noted(v.issued(title="题" * 200, action="cancel")) == []
    (home.dir / "conf" / "wording.toml").write_text(
        '[call]\nshort = "{title}。{body}{link}"\n', encoding="utf-8"
    )
    assert noted(long_text)


def _hamlets(count: int, **known: int) -> list[str]:
    """Make villages nobody has drawn."""
    codes_ = [f"339901101{300 + number}" for number in range(count)]
    for code in codes_:
        Region.objects.create(code=code, name=code, level=5, parent_id=WEST, **known)
    return codes_


def test_villages_without_a_boundary_count_however_many_regions_are_named() -> None:
    Region.objects.filter(code__in=(A1, A2)).update(population=100, households=30)
    alert = v.issued(regions=(A1, A2, *_hamlets(40, population=10, households=3)))
    told = impact(alert, OFFICER)
    assert (told.people, told.households) == (600, 180)


def test_of_more_than_anybody_waits_for_the_rest_is_said_to_be_unknown() -> None:
    alert = v.issued(regions=(A1, *_hamlets(43, population=10, households=3)))
    told = impact(alert, OFFICER)
    assert told.people == 400
    assert "3 个没有边界的地区未计入，地区太多" in told.unknown


def test_where_nobody_lives_as_far_as_anybody_knows_it_is_unknown_and_not_nobody() -> None:
    told = impact(v.issued(regions=(A1, *_hamlets(1))), OFFICER)
    assert (told.people, told.households) == (None, None)
    assert told.unknown == ("1 个地区没有人口数，未计入",)
