"""The benchmarks of the surge engine as a stranger runs them: a document in, a folder out."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from anlan.engines.surge.layout import Floats
from anlan.engines.surge.tests.exact import SEA_WATER, G, bowl, set_up
from anlan.engines.surge.tests.test_nthmp import SLOPE, table
from anlan.project.cli.engine import app

AROUND = 101_000.0
GUIDE = Path(__file__).parents[3] / "docs" / "howto" / "surge-input.md"
#: Units of what lies in files beside the document.
UNITS = {
    "bed": "m", "start_level": "m", "start_east": "m/s", "start_north": "m/s", "pressure": "Pa",
    "air_time": "s",
}  # fmt: skip


class Told:
    """What `anlan engine run surge` left in a folder."""

    def __init__(self, folder: Path) -> None:
        self.outputs = json.loads((folder / "result.json").read_text(encoding="utf-8"))["outputs"]
        self._arrays = folder / "arrays.npz"

    def __getitem__(self, key: str) -> Floats:
        found = self.outputs[key]
        if "file" in found:
            with np.load(self._arrays) as arrays:
                return np.asarray(arrays[key])
        values = found["values"] if "values" in found else found["value"]
        return np.array(values, dtype=np.float64)


def reckoned(folder: Path, document: dict[str, Any], **arrays: Floats) -> Told:
    """Write the document and its arrays, run the command on them, read what it wrote."""
    for name, values in arrays.items():
        np.save(folder / f"{name}.npy", values)
        unit = {"unit": UNITS[name]} if name in UNITS else {}
        document[name] = {**unit, "file": f"{name}.npy"}
    (folder / "input.json").write_text(json.dumps(document), encoding="utf-8")
    out = folder / "out"
    told = CliRunner().invoke(app, ["run", "surge", "--input", str(folder), "--output", str(out)])
    assert told.exit_code == 0, told.output
    return Told(out)


def hours(many: float) -> dict[str, object]:
    return {"unit": "h", "value": many}


def middles(count: int, size: float) -> Floats:
    return np.asarray(size * (np.arange(count) + 0.5), dtype=np.float64)


def test_wind_sets_water_up(tmp_path: Path) -> None:
    x = middles(50, 1e3)
    told = reckoned(
        tmp_path,
        {
            "bed": {"unit": "m", "values": [[-10.0] * 50]}, "cell": [1e3, 1e3],
            "duration": hours(36), "stress_east": {"unit": "Pa", "value": 1.0}, "manning": 0.1,
        },
    )  # fmt: skip
    assert told["depth_end"][0] == pytest.approx(set_up(x), abs=2e-3)
    assert np.ptp(set_up(x)) == pytest.approx(0.49725 * 49 / 50, rel=3e-3)


def low(x: Floats, middle: float, width: float) -> Floats:
    """A low of one hectopascal, (..., 2, n): the same to the north and the south."""
    over = AROUND - 100.0 * np.exp(-(((x - middle) / width) ** 2))
    return np.repeat(over[..., None, :], 2, axis=-2)


def test_a_low_lifts_the_water_by_a_centimetre_a_hectopascal(tmp_path: Path) -> None:
    x = middles(60, 5e3)
    pressure = low(x, 150e3, 40e3)
    told = reckoned(
        tmp_path,
        {
            "bed": {"unit": "m", "values": [[-20.0] * 60]}, "cell": [5e3, 5e3],
            "duration": hours(200), "manning": 0.3, "sides": ["open", "open", "wall", "wall"],
            "maxima_every": hours(1), "air_x": x.tolist(), "air_y": [0.0, 5e3],
        },
        pressure=pressure,
    )  # fmt: skip
    lifted = (AROUND - pressure[0].min()) / (SEA_WATER * G)
    assert np.nanmax(told["level_end"]) == pytest.approx(lifted, abs=1e-6)
    assert lifted == pytest.approx(9.945e-3, rel=5e-3)


def test_a_low_that_travels_lifts_the_water_as_proudman_says(tmp_path: Path) -> None:
    x = middles(300, 2e3)
    speed, static = 0.5 * np.sqrt(G * 50.0), 100.0 / (SEA_WATER * G)
    times = np.arange(0.0, 14_001.0, 50.0)
    told = reckoned(
        tmp_path,
        {
            "bed": {"unit": "m", "values": [[-50.0] * 300]}, "cell": [2e3, 2e3],
            "duration": {"unit": "s", "value": 14_000}, "manning": 0.0,
            "sides": ["open", "open", "wall", "wall"], "air_every": {"unit": "s", "value": 0},
            "air_x": x.tolist(), "air_y": [0.0, 2e3],
        },
        start_level=static * np.exp(-(((x - 150e3) / 15e3) ** 2))[None],
        air_time=times,
        pressure=low(x - speed * times[:, None], 150e3, 15e3),
    )  # fmt: skip
    under = int(np.argmin(np.abs(x - 150e3 - speed * 14_000.0)))
    assert told["level_end"][0, under] / static == pytest.approx(1 / (1 - 0.5**2), rel=0.01)


def test_a_kelvin_wave_keeps_to_its_coast(tmp_path: Path) -> None:
    size, depth, turn, height = 5e3, 10.0, 1e-4, 0.01
    c = np.sqrt(G * depth)
    x, y = np.meshgrid(middles(240, size), middles(80, size))

    def pulse(time: float) -> Floats:
        hump = np.exp(-(((x - 300e3 - c * time) / 100e3) ** 2))
        return np.asarray(height * np.exp(-turn * y / c) * hump)

    seconds = 500e3 / c
    told = reckoned(
        tmp_path,
        {
            "cell": [size, size], "duration": {"unit": "s", "value": seconds}, "manning": 0.0,
            "coriolis": turn, "sides": ["open", "open", "wall", "open"],
        },
        bed=np.full(x.shape, -depth),
        start_level=pulse(0.0),
        start_east=pulse(0.0) * c / (depth + pulse(0.0)),
    )  # fmt: skip
    assert np.abs(told["level_end"] - pulse(seconds)).max() < 0.012 * height
    assert np.nanmax(told["level_end"]) == pytest.approx(pulse(seconds).max(), rel=0.01)


def test_a_plane_circles_in_a_bowl_and_comes_back(tmp_path: Path) -> None:
    middle = (np.arange(125) + 0.5) * 4.0 / 125 - 2.0
    bed, depth = bowl(*np.meshgrid(middle, middle), 0.0)
    told = reckoned(
        tmp_path,
        {
            "cell": [4.0 / 125, 4.0 / 125], "corner": [-2.0, -2.0], "manning": 0.0,
            "duration": {"unit": "s", "value": 4.4857014655},
            "dry": {"unit": "mm", "value": 0.1}, "thin": {"unit": "mm", "value": 0.1},
            "start_north": {"unit": "m/s", "value": 0.5 * np.sqrt(2 * G * 0.1)},
        },
        bed=bed,
        start_level=bed + depth,
    )  # fmt: skip
    assert np.abs(told["depth_end"] - depth).sum() < 2.02e-2 * depth.sum()
    assert told["water_end"] == pytest.approx(told["water_begin"], rel=1e-12)


def test_a_solitary_wave_runs_up_a_plain_beach_as_on_paper(tmp_path: Path) -> None:
    # Lengths are in depths and times in sqrt(depth / gravity): both are one.
    height, size = 0.019, 1 / 20
    decay = np.sqrt(0.75 * height)
    reach = np.arccosh(np.sqrt(20.0)) / decay
    x = -12.0 + (np.arange(int((SLOPE + 2.5 * reach + 12.0) / size)) + 0.5) * size
    bed = np.where(x < SLOPE, -x / SLOPE, -1.0)
    wave = height / np.cosh(decay * (x - SLOPE - reach)) ** 2
    moments = list(range(35, 75, 5))
    told = reckoned(
        tmp_path,
        {
            "cell": [size, size], "corner": [-12.0, 0.0], "manning": 0.0, "gravity": 1.0,
            "duration": {"unit": "s", "value": 110}, "sides": ["wall", "open", "wall", "wall"],
            "dry": {"unit": "mm", "value": 0.1}, "thin": {"unit": "mm", "value": 0.2},
            "gauges": ["0.25", "9.95"], "gauge_x": [0.25, 9.95], "gauge_y": [size / 2] * 2,
            "gauges_every": {"unit": "s", "value": 0},
            "frames_at": {"unit": "s", "values": moments},
        },
        bed=bed[None],
        start_level=np.maximum(wave, bed)[None],
        start_east=-wave[None],
    )  # fmt: skip
    wet = told["depth_max"][0] > 1e-3
    assert told["level_max"][0, wet].max() == pytest.approx(0.0909, rel=0.05)
    for row, place in enumerate((0.25, 9.95)):
        rows = table("bp1-series")
        rows = rows[(rows[:, 0] == place) & np.isfinite(rows[:, 2]) & (rows[:, 1] < 110.0)]
        level = np.interp(rows[:, 1], told["gauge_time"], told["gauge_level"][row])
        assert level.max() == pytest.approx(rows[:, 2].max(), rel=0.05)
    profiles = table("bp1-profiles")
    assert told["frame_time"].tolist() == pytest.approx(moments)
    for number, frame in enumerate(told["frames"][:, 0]):
        exact = profiles[:, 1 + number]
        level = np.interp(profiles[:, 0], x, frame)
        both = np.isfinite(level) & np.isfinite(exact)
        error = level[both] - exact[both]
        assert np.sqrt(np.mean(error**2)) < 0.04 * np.abs(exact[both]).max()


@pytest.mark.parametrize("number", range(GUIDE.read_text(encoding="utf-8").count("```json")))
def test_the_inputs_that_the_guide_writes_out_run(number: int, tmp_path: Path) -> None:
    block = GUIDE.read_text(encoding="utf-8").split("```json")[number + 1].partition("```")[0]
    told = reckoned(tmp_path, json.loads(block))
    assert np.isfinite(told["water_end"])
