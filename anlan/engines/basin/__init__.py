"""Small basins: from rain to runoff to flow, stage and warning; reservoirs; slopes.

Arrays run over basins (or villages, gauges), members and steps, in that order. Rain is mm a step,
flow m3/s as the mean of its step, levels metres, areas m2, steps seconds.
"""

from anlan.engines.basin.hydrograph import (
    Reach,
    cascade,
    convolved,
    reach_of,
    response_of,
    routed,
)
from anlan.engines.basin.landslide import Law, Threat, fit, threat
from anlan.engines.basin.losses import (
    antecedent,
    curve_number,
    initial_constant,
    initial_left,
    rain_for,
    runoff,
)
from anlan.engines.basin.network import Network, flood
from anlan.engines.basin.rating import Rating, channel_rating, flow_of, rating_of, stage_of
from anlan.engines.basin.reservoir import (
    Course,
    Reservoir,
    Season,
    course,
    hours_to,
    limit_on,
    rain_room,
    reservoir_of,
    storage_at,
)
from anlan.engines.basin.sudden import (
    Surprises,
    Watch,
    earth_dam_peak,
    landslide_dam_peak,
    surprises,
)
from anlan.engines.basin.villages import (
    CALM,
    LEAVE,
    PREPARE,
    UNKNOWN,
    Nearness,
    Thresholds,
    critical_rain,
    first_at,
    nearness,
    share_of_members,
    thresholds_of,
)

__all__ = [
    "CALM",
    "LEAVE",
    "PREPARE",
    "UNKNOWN",
    "Course",
    "Law",
    "Nearness",
    "Network",
    "Rating",
    "Reach",
    "Reservoir",
    "Season",
    "Surprises",
    "Threat",
    "Thresholds",
    "Watch",
    "antecedent",
    "cascade",
    "channel_rating",
    "convolved",
    "course",
    "critical_rain",
    "curve_number",
    "earth_dam_peak",
    "first_at",
    "fit",
    "flood",
    "flow_of",
    "hours_to",
    "initial_constant",
    "initial_left",
    "landslide_dam_peak",
    "limit_on",
    "nearness",
    "rain_for",
    "rain_room",
    "rating_of",
    "reach_of",
    "reservoir_of",
    "response_of",
    "routed",
    "runoff",
    "share_of_members",
    "stage_of",
    "storage_at",
    "surprises",
    "threat",
    "thresholds_of",
]
