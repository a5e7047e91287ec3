"""The peer of ``surge``: GeoClaw on the bowl in which a plane of water circles.

``python bench/_geoclaw.py build FOLDER`` compiles it there; ``python bench/_geoclaw.py FOLDER
CELLS`` then prints JSON: seconds of one core for one period, steps and the error against Thacker's
solution. It wants a Python that has Clawpack with its Fortran sources (PyPI's source archive,
unpacked, on its path), gfortran and make, and is a program of its own for that reason. One level,
no threads: what refinement and cores gain is left out on both sides.
"""

import json
import os
import re
import resource
import subprocess
import sys
from pathlib import Path

import clawpack
import numpy as np
from clawpack.clawutil.data import ClawRunData

PERIOD = 4.4857014655
#: The tolerance of its own example is 1e-3; with this one it needs least time for its error.
DRY = 1e-5
FLAGS = "-O3 -march=native"
#: Numbers to a cell of a frame: depth, two of momentum, level.
VALUES = 4
MAKEFILE = """
CLAW_PKG = geoclaw
EXE = xgeoclaw
SETRUN_FILE = setrun.py
OUTDIR = .
include $(CLAW)/geoclaw/src/2d/shallow/Makefile.geoclaw
EXCLUDE_MODULES =
EXCLUDE_SOURCES =
MODULES =
SOURCES = \\
  ./qinit.f90 \\
  $(CLAW)/riemann/src/rpn2_geoclaw.f \\
  $(CLAW)/riemann/src/rpt2_geoclaw.f \\
  $(CLAW)/riemann/src/geoclaw_riemann_utils.f
include $(CLAW)/clawutil/src/Makefile.common
"""
START = """
subroutine qinit(meqn, mbc, mx, my, xlower, ylower, dx, dy, q, maux, aux)
  implicit none
  integer, intent(in) :: meqn, mbc, mx, my, maux
  real(kind=8), intent(in) :: xlower, ylower, dx, dy
  real(kind=8), intent(inout) :: q(meqn, 1-mbc:mx+mbc, 1-mbc:my+mbc)
  real(kind=8), intent(inout) :: aux(maux, 1-mbc:mx+mbc, 1-mbc:my+mbc)
  integer :: i, j
  do j = 1-mbc, my+mbc
    do i = 1-mbc, mx+mbc
      q(1, i, j) = max(0.d0, 0.05d0 * (2.d0 * (xlower + (i - 0.5d0) * dx) - 0.5d0) - aux(1, i, j))
      q(2, i, j) = 0.d0
      q(3, i, j) = 0.5d0 * sqrt(2.d0 * 9.81d0 * 0.1d0) * q(1, i, j)
    end do
  end do
end subroutine qinit
"""


def build(folder: Path) -> None:
    """Compile GeoClaw with the bowl's start."""
    claw = Path(clawpack.__file__).parents[1]
    if not (claw / "geoclaw/src/2d/shallow").is_dir():
        raise SystemExit(f"{claw} has no Fortran sources of GeoClaw")
    (folder / "Makefile").write_text(MAKEFILE, encoding="ascii")
    (folder / "qinit.f90").write_text(START, encoding="ascii")
    told = {"CLAW": str(claw), "FC": "gfortran", "FFLAGS": FLAGS, "CLAW_PYTHON": sys.executable}
    subprocess.run(
        ["make", ".exe"], cwd=folder, env={**os.environ, **told}, check=True, stdout=sys.stderr
    )


def main(folder: Path, cells: int) -> dict[str, float]:
    """Run one period on a square of `cells` by `cells`."""
    _lay_out(folder, cells)
    alone = {**os.environ, "OMP_NUM_THREADS": "1"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [str(folder / "xgeoclaw")], cwd=folder, env=alone, check=True, capture_output=True,
        text=True,
    )  # fmt: skip
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    depth = _depths(folder / "fort.q0001", cells)
    middle = (np.arange(cells) + 0.5) * 4.0 / cells - 2.0
    x, y = np.meshgrid(middle, middle)
    exact = np.maximum(0.05 * (2 * x - 0.5) - 0.1 * (x**2 + y**2 - 1), 0.0)
    return {
        "seconds": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
        "steps": len(re.findall(r"AMRCLAW: level *1 ", done.stdout)),
        "cells": cells * cells,
        "error": float(np.abs(depth - exact).sum() / exact.sum()),
    }


def _lay_out(folder: Path, cells: int) -> None:
    """Write the bowl and the settings, those of GeoClaw's own example but for one level."""
    side = np.linspace(-2.0, 2.0, 401)
    ground = 0.1 * (side[:, None] ** 2 + side**2) - 0.1
    head = [f"{len(side)} ncols", f"{len(side)} nrows", "-2.0 xlower", "-2.0 ylower",
            f"{4.0 / 400:.15f} cellsize", "-9999 nodata_value"]  # fmt: skip
    rows = [" ".join(f"{one:.15e}" for one in row) for row in ground]
    (folder / "bowl.tt3").write_text("\n".join([*head, *rows]) + "\n", encoding="ascii")
    told = ClawRunData("geoclaw", 2)
    run, fine, geo = told.clawdata, told.amrdata, told.geo_data
    run.lower, run.upper, run.num_cells = [-2.0, -2.0], [2.0, 2.0], [cells, cells]
    run.num_eqn, run.num_aux, run.num_waves = 3, 1, 3
    run.output_style, run.num_output_times, run.tfinal = 1, 1, PERIOD
    run.output_t0, run.output_format, run.verbosity = True, "ascii", 1
    run.dt_variable, run.dt_initial, run.steps_max = True, 1e-4, 1_000_000
    run.cfl_desired, run.cfl_max, run.order, run.transverse_waves = 0.75, 1.0, 2, 2
    run.limiter, run.use_fwaves, run.source_split = ["mc"] * 3, True, "godunov"
    run.num_ghost, run.bc_lower, run.bc_upper = 2, ["extrap"] * 2, ["extrap"] * 2
    fine.amr_levels_max, fine.aux_type = 1, ["center"]
    geo.gravity, geo.coordinate_system, geo.sea_level = 9.81, 1, -10.0
    geo.dry_tolerance, geo.friction_forcing, geo.coriolis_forcing = DRY, False, False
    told.topo_data.topofiles.append([3, "bowl.tt3"])
    here = Path.cwd()
    try:
        os.chdir(folder)
        told.write()
    finally:
        os.chdir(here)


def _depths(path: Path, cells: int) -> np.ndarray:
    """Put the patches of a frame together."""
    depth = np.full((cells, cells), np.nan)
    lines = iter(path.read_text(encoding="ascii").splitlines())
    size = 4.0 / cells
    for line in lines:
        if "grid_number" not in line:
            continue
        next(lines)
        columns, rows = (int(next(lines).split()[0]) for _ in range(2))
        west, south = (float(next(lines).split()[0]) for _ in range(2))
        i, j = round((west + 2.0) / size), round((south + 2.0) / size)
        rows_of = (words for line in lines if len(words := line.split()) == VALUES)
        values = [float(next(rows_of)[0]) for _ in range(rows * columns)]
        depth[j : j + rows, i : i + columns] = np.reshape(values, (rows, columns))
    return depth


if __name__ == "__main__":
    if sys.argv[1] == "build":
        build(Path(sys.argv[2]))
    else:
        sys.stdout.write(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]))) + "\n")
