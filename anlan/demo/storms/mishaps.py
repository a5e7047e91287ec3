"""What goes wrong with instruments and lines while a storm passes, drawn by its seed.

The worse the weather, the more: some gauges stick or jump on any day, lines of townships are cut
when the wind comes, and come back with all that was kept. Where the dam bursts everything is gone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np

from anlan.demo.county import County, frame
from anlan.demo.county.model import Stream
from anlan.demo.days.plan import Fault, Plan
from anlan.demo.days.speaking import gateways_of
from anlan.demo.storms.reading import Storm

#: How many of each, over the whole time.
STUCK, SPIKY, SHORT, CUT, TWICE = 4, 6, 5, 3, 2
#: Jumps by quantity: beyond what the quantity can do from one value to the next.
JUMPS: Final = {"water-level": 3.2, "tide-level": 2.6, "crack": 40.0, "tank-level": 45.0}
STICKING: Final = ("water-level", "tide-level", "wind-speed")


def plan_of(county: County, storm: Storm) -> Plan:
    """Turn a storm into a day's plan: without rain cells of its own, with its faults."""
    return Plan(
        name=storm.key,
        title=f"台风“{storm.name}”重演（真实路径平移 {storm.moved_km:.0f} 公里，其余为模拟）",
        title_en=f"Typhoon {storm.name_en} again (true track moved {storm.moved_km:.0f} km, "
        "all else simulated)",
        seed=storm.seed, start=storm.start, hours=storm.hours, cells=(), events=(),
        faults=(*_any_day(county, storm), *_when_it_comes(county, storm), *_gone(county, storm)),
        upkeep=(),
    )  # fmt: skip


def silenced(county: County, storm: Storm) -> tuple[str, ...]:
    """List the streams that the flood of the burst dam takes: the village's and the gauge's."""
    stations = {
        one.code for one in county.stations
        if one.village == storm.slide.village or _watches(one.kind, one.subject, storm)
    }  # fmt: skip
    return tuple(one.code for one in county.streams if one.station in stations)


def _watches(kind: str, subject: str | None, storm: Storm) -> bool:
    return kind == "river" and subject == storm.slide.basin


def _gone(county: County, storm: Storm) -> tuple[Fault, ...]:
    begins = storm.hour(storm.slide.bursts) + storm.slide.gone_min / 60
    note = "溃决洪水过村，仪器全部中断，再无数据"
    return (Fault("lost", (begins, storm.hours + 1.0), streams=silenced(county, storm), note=note),)


def _any_day(county: County, storm: Storm) -> list[Fault]:
    rng = frame.stream(storm.seed, "mishaps", "any")
    kept = set(silenced(county, storm))
    free = [one for one in county.streams if one.code not in kept]
    found = []
    for one in _some(rng, [one for one in free if one.quantity in STICKING], STUCK):
        begins = float(rng.uniform(6, storm.hours * 0.8))
        span = begins, begins + float(rng.uniform(4, 20))
        found.append(Fault("stuck", span, streams=(one.code,), note="读数卡住不动"))
    for one in _some(rng, [one for one in free if one.quantity in JUMPS], SPIKY):
        size, every = JUMPS[one.quantity], float(rng.uniform(9, 20))
        span = float(rng.uniform(1, 8)), float(storm.hours)
        found.append(
            Fault("spikes", span, streams=(one.code,), size=size, every=every, note="单点跳变")
        )
    return found


def _when_it_comes(county: County, storm: Storm) -> list[Fault]:
    rng = frame.stream(storm.seed, "mishaps", "lines")
    kept = set(silenced(county, storm))
    spared = {gateways_of(county)[code].code for code in kept}
    many = Counter(one.gateway for one in county.stations)
    shared = [
        one.code for one in county.gateways
        if one.way in ("mqtt", "json") and one.code not in spared and many[one.code] > 1
    ]  # fmt: skip
    landfall = storm.hour(storm.landfall.at)
    drawn = [shared[k] for k in rng.permutation(len(shared))[: SHORT + CUT + TWICE].tolist()]
    found = []
    for place, code in enumerate(drawn):
        if place < SHORT:
            begins = float(rng.uniform(2, storm.hours - 4))
            span, kind, note = (begins, begins + 0.15), "lost", "断线九分钟，不应报警"
        elif place < SHORT + CUT:
            begins = landfall + float(rng.uniform(-4, 0))
            span = begins, begins + float(rng.uniform(2.5, 6))
            kind, note = "away", "大风断电断线，恢复后一下子补传"
        else:
            begins = landfall + float(rng.uniform(-20, 20))
            span, kind, note = (begins, begins + 0.6), "twice", "网关重发"
        size = 0.02 if kind == "twice" else 0.0
        found.append(Fault(kind, span, gateway=code, size=size, note=note))
    return found


def _some(rng: np.random.Generator, streams: Sequence[Stream], count: int) -> list[Stream]:
    return [streams[k] for k in rng.permutation(len(streams))[:count].tolist()]
