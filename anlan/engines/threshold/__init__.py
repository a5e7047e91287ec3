"""Conditions on observations: levels, sums, changes, differences, silence and combinations.

Declare watches, build a `Program` of them, and `run` observations through it in any batches:
transitions tell when a watch's state was entered and left.
"""

from anlan.engines.threshold.program import Program, Transitions, backtest, warm
from anlan.engines.threshold.state import State
from anlan.engines.threshold.watches import (
    Count,
    Difference,
    Level,
    Rate,
    Silence,
    Sum,
    Watch,
    all_of,
    any_of,
)

__all__ = [
    "Count",
    "Difference",
    "Level",
    "Program",
    "Rate",
    "Silence",
    "State",
    "Sum",
    "Transitions",
    "Watch",
    "all_of",
    "any_of",
    "backtest",
    "warm",
]
