"""Simulated people: quick by day, slow and fewer at night, silent where the flood was."""

from anlan.demo.replay.people import Cut, Manners, People, Turn

NIGHT, DAY = 1_565_366_400_000, 1_565_323_200_000  # 2019-08-10 00:00 and 2019-08-09 12:00


def planned(asked: int, *cuts: Cut) -> list[Turn]:
    """Ask four hundred posts at once; those who will speak, the first one first."""
    people = People(7, cuts)
    for number in range(400):
        turn = Turn(asked, f"P{number}", "call", f"{number:03d}", "339901101201", asked, False)
        people._plan(turn, asked)
    return sorted(people._turns)


def waits(asked: int) -> list[float]:
    return [(one.due - asked) / 60_000 for one in planned(asked)]


def test_fewer_answer_at_night_and_later() -> None:
    day, night = waits(DAY), waits(NIGHT)
    assert 360 <= len(day) < 400
    assert 260 < len(night) < 345
    assert day[len(day) // 2] < night[len(night) // 2]
    assert min(night) >= 2
    assert max(day) <= 40


def test_everybody_takes_as_long_the_next_time() -> None:
    assert planned(NIGHT) == planned(NIGHT)


def test_nobody_answers_from_where_the_flood_was() -> None:
    gone = NIGHT + 10 * 60_000
    left = planned(NIGHT, Cut("339901101201", gone))
    assert left
    assert all(one.due < gone for one in left)
    assert len(left) < len(planned(NIGHT))
    assert len(planned(NIGHT, Cut("339901101999", gone))) == len(planned(NIGHT))


def test_the_desks_own_duties_are_left_to_whoever_sits_there() -> None:
    manners = Manners.read()
    assert "call" in manners.kinds
    assert not {"village-silent", "call-help", "response-due", "alarm"} & set(manners.kinds)
    assert "模拟" in manners.word
