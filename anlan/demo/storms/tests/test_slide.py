"""The catastrophe nobody listed: held back, burst, and then silence."""

import numpy as np
import pytest

from anlan.demo.county import County
from anlan.demo.days.recording import Recording, in_ms
from anlan.demo.storms import Storm
from anlan.demo.storms.flows import wave
from anlan.demo.storms.mishaps import silenced
from anlan.demo.storms.world import Under

pytestmark = pytest.mark.slow


def test_the_stream_falls_while_it_is_dammed_and_leaps_when_the_dam_bursts(
    told: Under, lekima: Storm, county: County
) -> None:
    gauge = next(
        one for one in county.stations if one.kind == "river" and one.subject == lekima.slide.basin
    )
    (stage,) = (one for one in told.day if one.stream.station == gauge.code)
    before, held, after = (
        float(np.interp(lekima.hour(at) + more, stage.hours, stage.value))
        for at, more in (
            (lekima.slide.dammed, -0.1), (lekima.slide.bursts, -0.1), (lekima.slide.bursts, 0.15),
        )
    )  # fmt: skip
    assert held < before - 0.3
    assert after > held + 1.0


def test_then_nothing_more_is_heard_of_the_village(
    recording: Recording, lekima: Storm, county: County
) -> None:
    gone = in_ms(lekima.slide.bursts) + round(lekima.slide.gone_min * 60_000)
    for code in silenced(county, lekima):
        rows = recording.stream == recording.codes.index(code)
        sent = recording.sent[rows]
        assert (sent < gone).sum() > 500, code
        assert not (sent >= gone).any(), code


def test_the_flood_of_a_burst_dam_carries_what_was_held() -> None:
    hours = np.arange(0.0, 12.0, 1 / 60)
    flood = wave(hours, 420_000.0, 22.0)
    assert flood.sum() * 60 == pytest.approx(420_000.0, rel=0.03)
    assert 100 < flood.max() < 2000
    assert not wave(np.array([-1.0]), 420_000.0, 22.0).any()
