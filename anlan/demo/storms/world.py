"""The demo county under a storm, put together from its parts, and recorded."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import shapely

from anlan.demo.county import County
from anlan.demo.days.course import Course, World, courses, minutes_of
from anlan.demo.days.making import recorded
from anlan.demo.days.rain import Field
from anlan.demo.days.recording import Recording
from anlan.demo.storms.air import blow
from anlan.demo.storms.flows import StormWaters, county_points, sample
from anlan.demo.storms.mishaps import plan_of
from anlan.demo.storms.reading import Storm
from anlan.demo.storms.shore import StormSea
from anlan.demo.storms.sky import StormSky

#: Degrees from the sea within which a station has the sea's wind (about two kilometres).
BY_SEA_DEG: Final = 0.02
#: Gateways whose streams are not sent but fetched from the department's platform.
PULLED: Final = ("339901-GW-CW",)


def world_of(county: County, storm: Storm) -> tuple[World, StormSea]:
    """Let a storm go over the county."""
    plan = plan_of(county, storm)
    points = county_points(county)
    places = {code: place for place, (code, _, _) in enumerate(points)}
    at = [(lon, lat) for _, lon, lat in points]
    samples: dict[str, list[int]] = {}
    for basin in county.basins:
        inside = sample(basin)
        samples[basin.code] = list(range(len(at), len(at) + len(inside)))
        at += inside
    lon, lat = np.array(at).T
    blown = blow(storm, county.terrain, lon, lat)
    minutes, nothing = minutes_of(plan), Field(())
    waters = StormWaters(county, nothing, minutes, {}, storm, blown, places, samples)
    sky = StormSky(county, nothing, storm.seed, minutes, blown, places, _by_sea(county))
    sea = StormSea(county, storm, blown, places)
    return World(county, plan, minutes, waters, sky, sea), sea


@dataclass(frozen=True, slots=True)
class Under:
    """The county under a storm: its world, and every stream's course in it."""

    world: World
    sea: StormSea
    day: list[Course]


def under(county: County, storm: Storm) -> Under:
    """Work out what every instrument of the county would show if none failed."""
    world, sea = world_of(county, storm)
    return Under(world, sea, [_within(one) for one in courses(county, world.plan, world)])


def _within(one: Course) -> Course:
    """Keep a course within what its instrument can show: beyond it stays where it ends."""
    low, high = one.stream.low, one.stream.high
    if low is None and high is None:
        return one
    return replace(one, value=np.clip(one.value, low, high))


def record_storm(county: County, told: Under) -> Recording:
    """Make a storm's recording; nobody says which alarms must come of it."""
    made = recorded(county, told.world.plan, told.day)
    ways = {**made.about.ways, **dict.fromkeys(PULLED, "pull")}
    return replace(made, about=replace(made.about, ways=ways))


def _by_sea(county: County) -> frozenset[str]:
    shore = shapely.MultiLineString(list(county.coastline))
    spots = shapely.points([(one.lon, one.lat) for one in county.stations])
    near = shapely.distance(shore, spots) < BY_SEA_DEG
    return frozenset(
        one.code for one, close in zip(county.stations, near.tolist(), strict=True) if close
    )
