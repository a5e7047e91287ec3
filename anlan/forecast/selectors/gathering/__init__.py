"""What a run needs to know, gathered from registers, observations, earlier runs and bulletins."""

from anlan.forecast.selectors.gathering import air, files, rain, shore, storms, tides
from anlan.forecast.selectors.gathering.asking import Asking, Gathered, Kind

#: Kind of input, as declarations name it -> who gathers it.
KINDS: dict[str, Kind] = {
    "tide-points": tides.points,
    "tide-levels": tides.levels,
    "surge-series": tides.surges,
    "basins": rain.basins,
    "rain-zones": rain.zones,
    "slope-law": rain.slope_law,
    "rain-measured": rain.measured,
    "rain-days": rain.days,
    "rain-forecast": rain.forecast,
    "grid-file": files.grid_file,
    "side-tide": files.side_tide,
    "shore-places": shore.places,
    "height-marks": shore.marks,
    "gridded-air": air.gridded,
    "typhoon-track": storms.track,
    "typhoon-errors": storms.errors,
    "wind-places": storms.places,
}

__all__ = ["KINDS", "Asking", "Gathered", "Kind"]
