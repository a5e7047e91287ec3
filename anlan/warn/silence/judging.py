"""Which villages have fallen silent: called ones, and those nobody calls."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

from anlan.warn.silence.phones import missed_villages, phone_signs
from anlan.warn.silence.scene import (
    NO_SIGN,
    NOBODY,
    SILENT,
    Limits,
    Posts,
    Scene,
    Silence,
    last_heard,
    people_heard,
)
from anlan.warn.silence.sensors import sensor_signs

__all__ = ["last_heard", "long_silent", "quiet_villages", "silent_villages", "suspects"]


def silent_villages(scene: Scene, limits: Limits) -> list[Silence]:
    """List the called villages that have fallen silent."""
    asked = _asked(scene)
    waiting = [village for village, at in sorted(asked.items()) if scene.now - at >= limits.quiet_s]
    if not waiting:
        return []
    sensors, phones = sensor_signs(scene, limits), phone_signs(scene, limits)
    heard = last_heard(scene)
    found = []
    for village in waiting:
        signs = sensors.get(village, NO_SIGN), phones.get(village, NO_SIGN)
        if SILENT in {sign.says for sign in signs}:
            posts = scene.posts[village]
            found.append(Silence(village, heard[village] or posts.began, posts, *signs))
    return found


def suspects(scene: Scene, limits: Limits) -> set[str]:
    """List the villages that may be silent, judged by a part of the tries.

    The tries for unanswered calls will do, or all of a few villages. Never fewer than
    `silent_villages` finds there among all tries: those left out could only show life, or stand for
    comparison.
    """
    sensors, phones = sensor_signs(replace(scene, sent=()), limits), missed_villages(scene, limits)
    return {
        village
        for village, posts in scene.posts.items()
        if posts.called > posts.answered
        and scene.now - posts.began >= limits.quiet_s
        and (village in phones or sensors.get(village, NO_SIGN).says == SILENT)
    }


def quiet_villages(scene: Scene, limits: Limits) -> list[Silence]:
    """List the villages whose stations have all stopped together though nobody is waited for there.

    A single station may just be broken. Where calls wait for an answer `silent_villages` judges.
    """
    asked, found = _asked(scene), []
    for village, sign in sorted(sensor_signs(scene, limits).items()):
        if sign.says == SILENT and sign.stations >= limits.several and village not in asked:
            found.append(Silence(village, sign.last or 0.0, NOBODY, sign))
    return found


def long_silent(posts: Mapping[str, Posts], now: float, limits: Limits) -> bool:
    """Tell whether anybody has owed an answer for so long that other signs are worth asking for."""
    waited = now - limits.quiet_s
    return any(one.called > one.answered and one.began <= waited for one in posts.values())


def _asked(scene: Scene) -> dict[str, float]:
    """Tell since when the people of each village owe a sign of life: asked, and not heard since.

    Whoever showed life is asked anew by the next call or the next try, and owes nothing before it.
    """
    heard = people_heard(scene)
    tried: dict[str, float] = defaultdict(lambda: float("inf"))
    for one in scene.sent:
        if one.at > heard[one.village]:
            tried[one.village] = min(tried[one.village], one.at)
    asked = {}
    for village, posts in scene.posts.items():
        if posts.called <= posts.answered:
            continue
        if posts.latest > heard[village]:
            asked[village] = posts.latest
        elif village in tried:
            asked[village] = tried[village]
    return asked
