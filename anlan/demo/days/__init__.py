"""Days of the demo county: weather, water, plants and gauges hour by hour, and their faults.

Pure: numpy and the standard library. The same county and plan give the same recording.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from .demo_day import PLAN
from .plan import Plan

DAYS: Final[Mapping[str, Plan]] = {PLAN.name: PLAN}

__all__ = ["DAYS", "Plan"]
