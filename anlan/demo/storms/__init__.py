"""Real storms laid over the demo county: one folder each, and another folder is another storm.

A folder holds ``track.csv``, the storm's track from IBTrACS v04 (NOAA NCEI; Knapp et al. 2010,
Bull. Amer. Meteor. Soc. 91, 363; CC BY 4.0), and ``storm.toml``: when it is replayed, where it
truly went ashore, where in the county that is laid, and the one catastrophe nobody has on a list.
Times are the storm's own. What the county's instruments show of it is reckoned, so everything is
simulated:

- wind and pressure by the typhoon engine (Holland 1980), less over land (`sky`);
- rain by R-CLIPER with spiral bands and hills (`air`);
- streams, rivers and reservoirs by the basin engine (`flows`);
- the tide by Kanmen's constants, the surge by the surge engine on coarse cells (`shore`);
- what goes wrong with instruments and lines by the storm's seed (`mishaps`);
- the bulletins and the departments' warnings by rules from all of that (`bulletins`, `signals`).

Pure: numpy, the engines and code tables. The same county and folder give the same bytes.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Final

from anlan.demo.storms.reading import TELLS, Storm, read_storm
from anlan.kernel.errors import Missing

HERE: Final = Path(__file__).parent


def names() -> tuple[str, ...]:
    """List the storms there are folders of."""
    return tuple(sorted(path.parent.name for path in HERE.glob(f"*/{TELLS}")))


@lru_cache(maxsize=8)
def storm(name: str) -> Storm:
    """Read a storm by its folder's name; `Missing` without one."""
    if name not in names():
        raise Missing(f"没有名为「{name}」的台风；有 {'、'.join(names())}")
    return read_storm(HERE / name)


__all__ = ["Storm", "names", "storm"]
