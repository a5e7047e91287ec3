"""A storm's way as the engines need it: cut to what is told, with its wind circles and the land."""

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anlan.engines.grids import Raster, sampled
from anlan.engines.typhoon import Ensemble, Track, Vortex, landed, weakened
from anlan.engines.typhoon.track import clock
from anlan.engines.typhoon.vortex import still_wind
from anlan.forecast.adapters.shapes import Floats, Path, floats
from anlan.kernel.errors import Invalid

#: Circles that a forecast does not tell are those of the last bulletin for so long.
HELD_MS: Final = 24 * 3_600_000
#: A member over sea while the forecast is on land is at most so much stronger than it.
STRONGER: Final = 2.0

NOTHING: Final = "台风路径没有一个位置写着风速或气压，无法计算"
CUT: Final = "路径有 {many} 个位置风速和气压都不知道，只算 {first} 到 {last}"
HELD: Final = "预报没有风圈半径，一天之内按 {when} 的风圈算"
WIDE: Final = "外围风按风圈半径拟合（Holland 2010）"


def track_from(path: Path) -> Track:
    """Make a track of the engine of what was gathered, from the first to the last known strength.

    Wind circles that are not told ahead stay as they were told last for a day. `Invalid` when
    nothing is known of the storm's strength.
    """
    count = len(path.times)
    radii = np.full((count, 3, 4), np.nan)
    if path.radii:
        radii = floats([one for moment in path.radii for row in moment for one in row])
        radii = radii.reshape(count, 3, 4)
    track = Track(
        number=path.number, name=path.name, agency=path.agency,
        times=np.array(path.times, dtype=np.int64), lon=np.array(path.lon), lat=np.array(path.lat),
        wind=floats(path.wind), pressure=floats(path.pressure), radii=radii,
    )  # fmt: skip
    return _held(_cut(track))


def is_wide(track: Track) -> bool:
    """Tell whether the storm's outer wind is known by its circles."""
    return bool(np.isfinite(track.radii).any())


def _cut(track: Track) -> Track:
    """End it, and begin it, where its strength is known."""
    known = np.flatnonzero(np.isfinite(track.wind) | np.isfinite(track.pressure))
    if not len(known):
        raise Invalid(NOTHING)
    kept = slice(int(known[0]), int(known[-1]) + 1)
    many = len(track) - (kept.stop - kept.start)
    if not many:
        return track
    said = CUT.format(
        many=many, first=clock(track.times[known[0]]), last=clock(track.times[known[-1]])
    )
    return replace(
        track, times=track.times[kept], lon=track.lon[kept], lat=track.lat[kept],
        wind=track.wind[kept], pressure=track.pressure[kept], radii=track.radii[kept],
        mended=(*track.mended, said),
    )  # fmt: skip


def _held(track: Track) -> Track:
    told = np.flatnonzero(np.isfinite(track.radii).any(axis=(1, 2)))
    if not len(told):
        return track
    last = int(told[-1])
    later = np.arange(len(track)) > last
    later &= track.times - track.times[last] <= HELD_MS
    if not later.any():
        return replace(track, mended=(*track.mended, WIDE))
    radii = np.where(later[:, None, None], track.radii[last], track.radii)
    said = HELD.format(when=clock(track.times[last]))
    return replace(track, radii=radii, mended=(*track.mended, WIDE, said))


def over_land(drawn: Ensemble, middle: Vortex, land: Raster) -> Ensemble:
    """Let members weaken on land by when each of them comes ashore.

    The forecast itself is told with what land takes from it: a member loses, or keeps, only what
    the land makes of the difference. land: heights, above nought where it is land; what the map
    does not cover is what it was before.
    """
    ashore = _ashore(land, drawn.lon, drawn.lat)
    speed = still_wind(middle.deficit, middle.peaked)
    lost = weakened(speed, drawn.times, _ashore(land, middle.lon, middle.lat)) / speed
    found = landed(drawn, ashore, included=lost)
    return replace(found, deficit=np.minimum(found.deficit, STRONGER**2 * drawn.deficit))


def _ashore(land: Raster, lon: Floats, lat: Floats) -> NDArray[np.bool_]:
    height = sampled(land, lon.ravel(), lat.ravel()).reshape(lon.shape)
    covered = np.isfinite(height)
    place = np.where(covered, np.arange(lon.shape[-1]), 0)
    last = np.maximum.accumulate(place, axis=-1)
    held = np.take_along_axis(np.nan_to_num(height, nan=-1.0), last, axis=-1)
    return np.asarray(held > 0)
