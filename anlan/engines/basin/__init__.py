"""Small basins: from rain to runoff to flow, arrays over basins, members and steps."""

from anlan.engines.basin.hydrograph import (
    Reach,
    cascade,
    convolved,
    reach_of,
    routed,
)
from anlan.engines.basin.losses import antecedent, curve_number, runoff

__all__ = [
    "Reach",
    "antecedent",
    "cascade",
    "convolved",
    "curve_number",
    "reach_of",
    "routed",
    "runoff",
]
