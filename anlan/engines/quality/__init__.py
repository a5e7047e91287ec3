"""Doubts about values: out of range, too fast, standing apart, stuck, late, in another unit.

A doubtful value is kept and shown; rules leave it aside when a flag of `series.BAD` is on it.
"""

from anlan.engines.quality.checking import Checks, State, flag, note

__all__ = ["Checks", "State", "flag", "note"]
