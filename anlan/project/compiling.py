"""``python -m anlan.project.compiling``: have every kernel compiled before anybody waits for it.

About a minute once for each version, a second afterwards: machine code is kept on disk. Needs
neither Django nor a workspace.
"""

import tempfile
from pathlib import Path

import numpy as np

from anlan.engines import grids, quality, surge, threshold, typhoon
from anlan.engines.quality import Checks
from anlan.engines.series import HOUR_MS, Columns, reduce
from anlan.protocols.observations import warming
from anlan.sense.store import open_store


def main() -> None:
    """Use everything that has kernels once."""
    threshold.warm()
    surge.warm()
    typhoon.warm()
    grids.warm()
    rows = Columns.of([0, 0, 1], [0, 60_000, 0], [1.0, 2.0, 3.0])
    unknown = np.full(2, np.nan)
    checks = Checks(
        low=unknown, high=unknown, rate_per_min=unknown, leap=unknown, stuck_s=unknown,
        stuck_least_s=unknown, expected_s=unknown, lengths=np.zeros(2, np.bool_), zero=np.zeros(2),
    )  # fmt: skip
    quality.flag(rows, checks, quality.State.fresh(2), HOUR_MS)
    reduce(rows, HOUR_MS)
    warming.warm()
    with tempfile.TemporaryDirectory(prefix="anlan-kernels-") as folder:
        store = open_store(Path(folder))
        for columns in (rows, rows, Columns.of([1, 0], [-5, 30_000], [1.0, 1.0])):
            store.append(columns.take(store.sift(columns).fresh), HOUR_MS)
        store.maintain(10 * HOUR_MS)
        store.sift(rows)  # looked up in the file
        store.close()


if __name__ == "__main__":
    main()
