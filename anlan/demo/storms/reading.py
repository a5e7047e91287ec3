"""A storm's folder: what its files hold, read and made sound."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np

from anlan.demo.days.recording import in_ms
from anlan.engines.typhoon import Track
from anlan.engines.typhoon.reading import read_ibtracs
from anlan.kernel.errors import Invalid

TELLS: Final = "storm.toml"
TRACK: Final = "track.csv"
#: Days begin where the hydrological day begins; all noise of a day counts on it.
FIRST_HOUR: Final = 8
KM_PER_DEG: Final = 111.2


@dataclass(frozen=True, slots=True)
class Landfall:
    """Where and when a storm truly went ashore, as the service told it that night."""

    at: datetime
    lon: float
    lat: float
    place: str
    grade: str
    source: str


@dataclass(frozen=True, slots=True)
class Slide:
    """The catastrophe nobody listed: a slide dams the stream above a village, and the dam bursts.

    ``village`` is a village's code, ``basin`` that of the small basin whose stream is dammed above
    its mouth. ``volume_m3`` and ``height_m`` are what is held when it bursts; ``held`` the share of
    the stream that is held back meanwhile. ``gone_min`` after the burst the wave is through the
    village: its instruments and telephones are silent from then on.
    """

    village: str
    basin: str
    dammed: datetime
    bursts: datetime
    volume_m3: float
    height_m: float
    held: float
    gone_min: float


@dataclass(frozen=True)
class Storm:
    """One storm as it is replayed over the demo county.

    ``track`` is the true one; ``laid`` is where its landfall is laid in the county. The clock is
    the storm's own: nothing is moved in time.
    """

    key: str
    number: str
    name: str
    name_en: str
    credit: str
    seed: int
    start: datetime
    hours: int
    landfall: Landfall
    laid: tuple[float, float]
    slide: Slide
    track: Track

    @property
    def end(self) -> datetime:
        """When it is over."""
        return self.start + timedelta(hours=self.hours)

    @property
    def moved(self) -> tuple[float, float]:
        """Tell how far everything is moved to the east and to the north, degrees."""
        return self.laid[0] - self.landfall.lon, self.laid[1] - self.landfall.lat

    @property
    def moved_km(self) -> float:
        """Tell how far that is."""
        east, north = self.moved
        narrow = float(np.cos(np.radians(self.laid[1])))
        return float(np.hypot(east * narrow, north) * KM_PER_DEG)

    @cached_property
    def path(self) -> Track:
        """Give the track laid over the county: the true one, moved as a whole."""
        east, north = self.moved
        return replace(self.track, lon=self.track.lon + east, lat=self.track.lat + north)

    def hour(self, at: datetime) -> float:
        """Tell the hours from the first to a moment."""
        return (at - self.start).total_seconds() / 3600


def read_storm(folder: Path) -> Storm:
    """Read a folder; `Invalid` says what is wrong with it."""
    path = folder / TELLS
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        track = _track(folder / TRACK)
        told = _storm(folder.name, raw, track)
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise Invalid(f"{path} 缺少或写错了：{error!r}") from error
    _ask_sound(told, path)
    return told


def _track(path: Path) -> Track:
    (track,) = read_ibtracs(path.read_text(encoding="utf-8")).values()
    return track


def _storm(key: str, raw: dict[str, Any], track: Track) -> Storm:
    return Storm(
        key=key, number=raw["number"], name=raw["name"], name_en=raw["name_en"],
        credit=raw["credit"], seed=raw["seed"], start=raw["starts"], hours=raw["hours"],
        landfall=Landfall(**raw["landfall"]), laid=(raw["laid"]["lon"], raw["laid"]["lat"]),
        slide=Slide(**raw["slide"]), track=track,
    )  # fmt: skip


def _ask_sound(storm: Storm, path: Path) -> None:
    times = (storm.start, storm.landfall.at, storm.slide.dammed, storm.slide.bursts)
    if any(one.tzinfo is None for one in times):
        raise Invalid(f"{path}：时间要带时区")
    if (storm.start.hour, storm.start.minute) != (FIRST_HOUR, 0):
        raise Invalid(f"{path}：starts 应是某日 08:00")
    if not storm.start < storm.slide.dammed < storm.slide.bursts < storm.end:
        raise Invalid(f"{path}：slide 的时间应在起止之内，先堵后溃")
    if not storm.start < storm.landfall.at < storm.end:
        raise Invalid(f"{path}：登陆时间应在起止之内")
    known = storm.track.times[0] <= in_ms(storm.landfall.at) <= storm.track.times[-1]
    if not known:
        raise Invalid(f"{path}：路径不包含登陆的时刻")
