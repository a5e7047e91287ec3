"""What kernels and their callers agree on: sides, kinds of boundary, rows of the work space.

Fields have two ghost cells on every side: ``(ny + 4, nx + 4)``, rows from south to north. Momentum
is depth times velocity. The *head* a kernel sees is the bed plus the air's pressure as metres of
water, so that water at rest under a low is at rest by construction.
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

#: Fields and rows of one precision, which is float64 or float32.
Field = NDArray[Any]
Row = NDArray[Any]
Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

#: Ghost cells on every side.
GHOSTS: Final = 2

WEST, EAST, SOUTH, NORTH = 0, 1, 2, 3

#: Nothing passes; the water outside mirrors the water inside.
WALL: Final = 0
#: What leaves leaves; what comes in is told by level and velocity outside.
OPEN: Final = 1
#: The level is held, whatever comes from inside.
LEVEL: Final = 2
#: So much water per metre of side flows in.
DISCHARGE: Final = 3

#: Rows of `outside`: level (m), velocity to the east and north (m/s), of a side's cells.
#: For `DISCHARGE` the second row holds the inflow (m2/s).
OUT_LEVEL, OUT_EAST, OUT_NORTH = 0, 1, 2

#: Entries of `law`: gravity, depth that counts as dry, depth below which water is treated to first
#: order, steepness of the limiter, depth from which the wind takes hold in full.
GRAVITY, DRY, THIN, STEEP, HOLD = 0, 1, 2, 3, 4
LAWS: Final = 5

#: Rows of one cell row's values (see `face_values`), and of one face row's fluxes.
VALUES: Final = 9
FLUXES: Final = 4
#: Rows of one cell row's velocities and of one over its depth.
PACES: Final = 3
#: Cell rows kept at once while the sweep along y goes on.
KEPT: Final = 3
#: Rows of `lines`, one entry for each cell row: 1 / dx (1/m), width of the faces to the south and
#: to the north by that of the row, Coriolis parameter (1/s).
PER_X, WIDE_LOW, WIDE_HIGH, SPIN = 0, 1, 2, 3
LINES: Final = 4

#: `spans[m, 0]` and `spans[m, 1]`: first and last column that may hold water (`last` excluded) of
#: each row and the `m` rows on either side.
SPANS: Final = 3
#: Cells that one instruction moves at most; what is left over of a row is moved one by one.
LANES: Final = 8
