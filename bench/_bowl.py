"""ANUGA and ours in the bowl in which a plane of water circles: seconds for the same error."""

import importlib.util
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from anlan.engines.surge import Inputs, Settings, grid_of, run

PEER_PYTHON = "ANLAN_BENCH_ANUGA"
ROUNDS = int(os.environ.get("ANLAN_BENCH_ROUNDS", "5"))
PERIOD = 4.4857014655
#: Cells along a side: of ours, and of the peer's squares of four triangles.
OURS, THEIRS = (50, 63, 80, 100, 125), 63


def against_anuga() -> dict[str, Any]:
    """Run both in turn; what is told says why there is no peer where there is none."""
    found = importlib.util.find_spec("anuga") is not None
    python = os.environ.get(PEER_PYTHON) or (sys.executable if found else None)
    if python is None:
        said = f"没有安装 anuga，未比；{PEER_PYTHON} 可指明装有它的 Python"
        return {"peers": {}, "ratios": {}, "said": said}
    theirs, ours = [], []
    for _ in range(ROUNDS):
        theirs.append(_anuga(python))
        ours.append([circled(count) for count in OURS])
    told = {name: statistics.median(one[name] for one in theirs) for name in theirs[0]}
    seconds = [statistics.median(row[place][0] for row in ours) for place in range(len(OURS))]
    errors = [row[1] for row in ours[0]]
    # Between our grids seconds and error go as powers of the cell.
    same = np.exp(np.interp(-np.log(told["error"]), -np.log(errors), np.log(seconds)))
    rate = OURS[-1] ** 2 * ours[0][-1][2] / seconds[-1]
    their_rate = told["triangles"] * told["steps"] / told["seconds"]
    return {
        "peers": {
            "anuga_s": round(told["seconds"], 3),
            "ours_s_at_its_error": round(float(same), 4),
            "anuga_updates_per_s": round(their_rate),
        },
        "ratios": {
            "anuga": round(told["seconds"] / float(same), 1),
            "anuga_per_update": round(rate / their_rate, 1),
        },
        "said": {"error": round(told["error"], 4), "ours": dict(zip(OURS, errors, strict=True))},
    }


def circled(count: int) -> tuple[float, float, int]:
    """Run one period; tell seconds of one core, relative error and steps."""
    middle = (np.arange(count) + 0.5) * 4.0 / count - 2.0
    x, y = np.meshgrid(middle, middle)
    bed = -0.1 * (1 - x**2 - y**2)
    level = np.maximum(0.05 * (2 * x - 0.5), bed)
    inputs = Inputs(
        grid_of(bed, corner=(-2.0, -2.0), cell=(4.0 / count, 4.0 / count)),
        PERIOD,
        level=level,
        north=0.5 * np.sqrt(2 * 9.81 * 0.1),
        manning=0.0,
        settings=Settings(dry=1e-4, thin=1e-4),
    )
    begun = time.process_time()
    found = run(inputs)
    took = time.process_time() - begun
    exact = level - bed
    return took, float(np.abs(found.state.h - exact).sum() / exact.sum()), found.steps


def _anuga(python: str) -> dict[str, float]:
    command = [python, str(Path(__file__).with_name("_anuga.py")), str(THEIRS)]
    alone = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=alone)
    return dict(json.loads(done.stdout.strip().splitlines()[-1]))
