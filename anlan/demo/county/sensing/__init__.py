"""What measures in the county: rain, water, sea, weather, slopes, plants, town."""

from __future__ import annotations

from anlan.demo.county.model import County

from . import air, plants, sea, slopes, town, water
from .bench import Bench


def equip(county: County) -> County:
    """Put up every station of a county that has none; the rest of it stays as it is."""
    bench = Bench(county)
    for part in (water, sea, air, slopes, plants, town):
        part.put_up(bench)
    return bench.finish()
