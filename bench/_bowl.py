"""ANUGA, GeoClaw and ours in the bowl in which water circles: seconds for the same error."""

import importlib.util
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from anlan.engines.surge import Inputs, Settings, grid_of, run

ANUGA_PYTHON, GEOCLAW_PYTHON = "ANLAN_BENCH_ANUGA", "ANLAN_BENCH_GEOCLAW"
ROUNDS = int(os.environ.get("ANLAN_BENCH_ROUNDS", "5"))
PERIOD = 4.4857014655
#: Cells along a side: of ours, and of the peers (ANUGA cuts each into four triangles).
OURS, THEIRS = (50, 63, 80, 100, 125), 63


def against_peers() -> dict[str, Any]:
    """Run ours and every peer that is there in turn; what is told says why one is not."""
    found = importlib.util.find_spec("anuga") is not None
    anuga = os.environ.get(ANUGA_PYTHON) or (sys.executable if found else None)
    geoclaw = os.environ.get(GEOCLAW_PYTHON)
    with tempfile.TemporaryDirectory(prefix="anlan-geoclaw-") as folder:
        programs = {}
        if anuga:
            programs["anuga"] = [anuga, _program("_anuga.py"), str(THEIRS)]
        if geoclaw:
            subprocess.run([geoclaw, _program("_geoclaw.py"), "build", folder], check=True)
            programs["geoclaw"] = [geoclaw, _program("_geoclaw.py"), folder, str(THEIRS)]
        theirs: dict[str, list[dict[str, float]]] = {name: [] for name in programs}
        ours = []
        for _ in range(ROUNDS):
            for name, command in programs.items():
                theirs[name].append(_told(command))
            ours.append([circled(count) for count in OURS])
    peers: dict[str, Any] = {}
    ratios: dict[str, float] = {}
    said: dict[str, Any] = {"ours": {n: row[1] for n, row in zip(OURS, ours[0], strict=True)}}
    for name, rows in theirs.items():
        told, compared = _compared(name, rows, ours)
        peers |= told
        ratios |= compared
        said[name] = round(statistics.median(one["error"] for one in rows), 4)
    if not anuga:
        said["anuga"] = f"没有安装 anuga，未比；{ANUGA_PYTHON} 可指明装有它的 Python"
    if not geoclaw:
        said["geoclaw"] = f"未比；{GEOCLAW_PYTHON} 可指明装有 Clawpack 源码的 Python，另要 gfortran"
    return {"peers": peers, "ratios": ratios, "said": said}


def _compared(
    name: str, rows: list[dict[str, float]], ours: list[list[tuple[float, float, int]]]
) -> tuple[dict[str, float], dict[str, float]]:
    """Set a peer's seconds against those that ours take for its error, and against its updates."""
    told = {key: statistics.median(one[key] for one in rows) for key in rows[0]}
    seconds = [statistics.median(row[place][0] for row in ours) for place in range(len(OURS))]
    errors = [row[1] for row in ours[0]]
    # Between our grids seconds and error go as powers of the cell.
    same = float(np.exp(np.interp(-np.log(told["error"]), -np.log(errors), np.log(seconds))))
    rate = OURS[-1] ** 2 * ours[0][-1][2] / seconds[-1]
    their_rate = told["cells"] * told["steps"] / told["seconds"]
    peers = {
        f"{name}_s": round(told["seconds"], 3),
        f"ours_s_at_error_of_{name}": round(same, 4),
        f"{name}_updates_per_s": round(their_rate),
    }
    ratios = {
        name: round(told["seconds"] / same, 1), f"{name}_per_update": round(rate / their_rate, 1),
    }  # fmt: skip
    return peers, ratios


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


def _program(name: str) -> str:
    return str(Path(__file__).with_name(name))


def _told(command: list[str]) -> dict[str, float]:
    alone = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=alone)
    return dict(json.loads(done.stdout.strip().splitlines()[-1]))
