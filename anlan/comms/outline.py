"""Where a matter holds, drawn with no more points than a channel takes.

What is kept and laid open stays as it came. Here few points stand for many, and they cover them:
no village falls out of a warning because its receiver takes a hundred corners.
"""

import json
from functools import lru_cache
from typing import Any

import shapely
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

from anlan.comms.declaration.declared import Outline
from anlan.engines.geo.outlines import covering
from anlan.protocols.alerting.places import ring_text

#: Corners up to which it is found out what a ring that crosses itself encloses.
PATIENT = 1_000


@lru_cache(maxsize=32)
def drawn(geojson: str, outline: Outline) -> Any:
    """Draw an outline as a channel takes it; thousands of messages of one matter share it.

    Returns GeoJSON, or a list of CAP polygons ("lat,lon lat,lon ..."), as the channel's file says.
    `Invalid` when so few points cannot cover it.
    """
    whole = shape(json.loads(geojson))
    if outline.most:
        whole = within(whole, outline.most)
    if outline.form == "cap":
        parts = shapely.get_parts(whole)
        return [ring_text(tuple((x, y) for x, y, *_ in part.exterior.coords)) for part in parts]
    return json.loads(json.dumps(mapping(whole)))


def within(whole: BaseGeometry, most: int) -> BaseGeometry:
    """Cover a shape within so many points; `Invalid` when so few cannot.

    A huge ring that crosses itself is drawn round first: to find what it encloses takes longer
    than a warning may wait, and no outline that means a place is like that.
    """
    if not whole.is_valid and shapely.get_num_coordinates(whole) > PATIENT:
        whole = shapely.MultiPolygon(list(shapely.convex_hull(shapely.get_parts(whole))))
    return covering(whole, most)
