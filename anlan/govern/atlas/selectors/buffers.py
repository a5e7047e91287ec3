"""What lies within so many metres of a drawn line, point or area, as an area."""

from typing import Any, Final

import numpy as np
import shapely

from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import permit
from anlan.engines.geo import shapes
from anlan.govern.atlas.selectors.layers import VIEW
from anlan.kernel.errors import Invalid

WIDEST: Final = 50_000.0
#: Metres of a degree of latitude.
DEGREE: Final = 6_371_008.8 * np.pi / 180


def widened(actor: Actor, given: dict[str, Any], metres: float) -> dict[str, Any]:
    """Widen a GeoJSON geometry by some metres; told with how large it is."""
    permit(actor, VIEW)
    if not 0 < metres <= WIDEST:
        raise Invalid("距离应在 0 到 50 公里之间", errors={"metres": ["距离不对"]})
    try:
        shape = shapes.from_geojson(given)
    except shapes.BadShape as error:
        raise Invalid(f"范围不可用：{error}", errors={"shape": [str(error)]}) from error
    _, south, _, north = shape.bounds
    if north - south > 2 or abs(north) > 85 or abs(south) > 85:
        raise Invalid("画得太大，不能按距离外扩", errors={"shape": ["画得太大"]})
    # On a plane that touches at the middle: within two degrees it is wrong by a few in a thousand.
    wide = DEGREE * float(np.cos(np.radians((south + north) / 2)))
    scale = np.array([wide, DEGREE])
    flat = shapely.transform(shape, lambda points: points * scale)
    area = shapely.transform(shapely.buffer(flat, metres), lambda points: points / scale)
    return {
        "area": shapes.to_geojson(area),
        "km2": round(float(shapes.area_m2(np.array([area]))[0]) / 1e6, 4),
        "metres": metres,
    }
