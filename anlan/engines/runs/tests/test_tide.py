"""Constants from a record and the levels of a coast, as the command gives them."""

from typing import Any

import numpy as np
import pytest

from anlan.codes import lookup
from anlan.engines.registry import Result, run
from anlan.kernel.errors import Invalid

#: A month of hours.
MONTH: dict[str, Any] = {
    "from": "2019-07-01T00:00:00Z", "to": "2019-07-31T00:00:00Z",
    "every": {"unit": "h", "value": 1},
}  # fmt: skip
WAVES: dict[str, Any] = {
    "constituents": ["M2", "S2", "O1"], "amplitude": {"unit": "m", "values": [1.8, 0.6, 0.3]},
    "lag": {"unit": "deg", "values": [20.0, 55.0, 70.0]}, "mean": {"unit": "m", "value": 3.0},
}  # fmt: skip


def go(**document: Any) -> Result:
    files: dict[str, bytes] = {}
    return run("tide", document, files.__getitem__)[1]


def record(**more: Any) -> dict[str, Any]:
    levels = np.asarray(go(times=MONTH, **WAVES).values["level"])
    return {"times": MONTH, "observed": {"unit": "m", "values": levels.tolist()}, **more}


def test_a_record_gives_back_the_constants_it_was_made_of_and_the_tide_by_them() -> None:
    found = go(**record(find=["M2", "S2", "O1"]))
    assert found.values["found"] == ["M2", "S2", "O1"]
    assert found.values["found_amplitude"] == pytest.approx(np.array([1.8, 0.6, 0.3]), abs=1e-6)
    assert found.values["found_lag"] == pytest.approx(np.array([20.0, 55.0, 70.0]), abs=1e-3)
    assert found.values["found_mean"] == pytest.approx(3.0, abs=1e-6)
    assert found.values["left"] == pytest.approx(0.0, abs=1e-6)
    # Nobody told constants: the tide is that of those found.
    assert np.abs(np.asarray(found.values["residual"])).max() < 1e-6


def test_which_waves_a_record_can_hold_apart_is_found_when_nobody_names_them() -> None:
    found = go(**record(find=["auto"]))
    names = found.values["found"]
    assert isinstance(names, list)
    assert {"M2", "S2", "N2", "K1", "O1"} <= set(names)
    assert not {"K2", "P1", "SA"} & set(names)
    at = names.index("M2")
    assert np.asarray(found.values["found_amplitude"])[at] == pytest.approx(1.8, abs=1e-3)


def test_levels_of_a_coast_are_those_published() -> None:
    row = next(row for row in lookup.table("tide-stations").rows if row.code == "xiamen")
    found = go(station="xiamen", times=["1978-12-31T00:00:00Z"], level_years=19)
    for key in ("highest", "spring_high", "high", "low", "spring_low", "lowest"):
        assert found.values[f"{key}_water"] == pytest.approx(row.extra[key], abs=0.05), key
    assert found.values["mean_level"] == pytest.approx(row.extra["mean"], abs=0.005)


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ({"times": MONTH, "find": ["M2"]}, "observed"),
        (record(find=["M2", "3L2"]), "3L2"),
        (record(find=["S2", "K2"]), "分不开分潮"),
        ({"times": MONTH, "station": "kanmen", "level_years": 0.2}, "level_years.*1 到 20"),
        ({"times": MONTH}, "station"),
    ],
)
def test_what_cannot_be_found_is_said(document: dict[str, Any], told: str) -> None:
    with pytest.raises(Invalid, match=told):
        go(**document)
