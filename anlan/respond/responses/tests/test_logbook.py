"""What is decided on responses stands in the duty log of the county, who decided by word too."""

import pytest

from anlan.respond.duty.selectors import log
from anlan.respond.responses import services
from anlan.respond.responses.tests.conftest import COUNTY, OFFICER, Scene, turn_of
from anlan.warn.tests.conftest import WEST, at

pytestmark = pytest.mark.usefixtures("scene")


def logged() -> list[str]:
    """Read the log, the oldest first."""
    items = log.page(OFFICER, COUNTY)["items"]
    return [one["content"] for one in reversed(items) if one["kind"] == "response"]


def test_start_raise_lower_another_moment_and_end_are_written_in_the_log(scene: Scene) -> None:
    response = scene.start(reason="会商一致")
    scene.move(response, "3")
    scene.move(response, "4", reason="雨势减弱")
    services.move_response(
        turned=services.Turned(response=response, turn=3, expected_at=at(600)), by=scene.chief
    )
    services.strike_off(response=response, turn=turn_of(response), reason="雨停", by=scene.chief)
    scene.end(response)
    said = logged()
    assert said[:3] == ["启动：防汛Ⅳ级；会商一致", "提升：防汛Ⅲ级", "降低：防汛Ⅳ级；雨势减弱"]
    assert said[3].startswith("调整预计时间：防汛Ⅳ级，预计洪水到达 ")
    assert said[4] == "结束：防汛Ⅳ级；雨停"
    entry = log.page(OFFICER, COUNTY)["items"][0]
    assert (entry["page"], entry["auto"]) == (f"/responses/{response}", True)


def test_a_word_and_its_signature_are_written_with_who_said_it_and_when(scene: Scene) -> None:
    word = services.Word(post=scene.world.posts["P-CHIEF"].pk, number="0576-88880000", at=at(-5))
    start = services.Start(plan=scene.plan.pk, key="flood", stage="4", oral=word)
    response = services.start_response(start=start, by=OFFICER)
    services.sign_turn(response=response, turn=1, by=scene.chief)
    (begun, signed) = logged()
    assert "某指挥长" in begun
    assert "口头决定，duty-officer记录，待补签" in begun
    assert "0576" not in begun
    assert signed.startswith("commanderP-CHIEF某指挥长 补签口头决定：启动防汛")


def test_a_response_of_a_township_is_in_the_countys_log(scene: Scene) -> None:
    scene.start(regions=(WEST,))
    assert logged() == ["启动：防汛Ⅳ级"]
