"""The greatest wind of each place over a storm's passage, for one member of an ensemble."""

from math import floor, sqrt

import numpy as np
from numpy.typing import NDArray

from anlan.engines.compiled import compiled

Floats = NDArray[np.float64]


@compiled
def greatest(
    x: Floats,
    y: Floats,
    centre_x: Floats,
    centre_y: Floats,
    reach: Floats,
    table: Floats,
    drawn: Floats,
    bound: Floats,
    enough: float,
    most: Floats,
) -> None:
    """Write the greatest squared wind (m2/s2) of each place into `most` (c,).

    x, y: metres, (c,). centre_x, centre_y: metres, (t,). reach: metres that the table's last bin
    stands for, (t,). table: (t, bins, 3), by distance: wind along and towards the centre (m/s),
    and the share of the motion. drawn: (t, 2) m/s, the motion's wind where its share is one.
    bound: (t, bins) m2/s2, no wind between this bin and the next is stronger. enough: m2/s2, of a
    place that has it nobody asks for more.
    """
    bins = table.shape[1]
    for moment in range(len(centre_x)):
        limit = reach[moment] * reach[moment]
        scale = (bins - 1) / reach[moment]
        drawn_x, drawn_y = drawn[moment, 0], drawn[moment, 1]
        for place in range(len(x)):
            before = most[place]
            if before >= enough:
                continue
            away_x, away_y = x[place] - centre_x[moment], y[place] - centre_y[moment]
            square = away_x * away_x + away_y * away_y
            if square >= limit:
                continue
            distance = max(sqrt(square), 1.0)
            at = distance * scale
            low = floor(at)
            if bound[moment, low] <= before:
                continue
            part = at - low
            along = table[moment, low, 0] * (1 - part) + table[moment, low + 1, 0] * part
            inward = table[moment, low, 1] * (1 - part) + table[moment, low + 1, 1] * part
            share = table[moment, low, 2] * (1 - part) + table[moment, low + 1, 2] * part
            out_x, out_y = away_x / distance, away_y / distance
            east = -out_y * along - out_x * inward + share * drawn_x
            north = out_x * along - out_y * inward + share * drawn_y
            speed = east * east + north * north
            most[place] = max(before, speed)
