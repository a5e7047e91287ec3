"""What measures in the county: codes, places, levels and instruments agree with the rest of it."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

import pytest
import shapely

from anlan import codes
from anlan.codes.quantities import convert, quantity
from anlan.demo.county import County
from anlan.demo.county.model import Gateway, Station, Stream
from anlan.sense.models.checking import wrong_of


def _streams(county: County, wanted: str) -> list[Stream]:
    return [stream for stream in county.streams if stream.quantity == wanted]


def test_the_county_is_measured_as_densely_as_a_real_one(county: County) -> None:
    kinds = Counter(station.kind for station in county.stations)
    assert kinds["rain"] == 110
    assert kinds["river"] >= 40
    assert (kinds["reservoir"], kinds["tide"], kinds["wave"]) == (12, 5, 2)
    assert (kinds["weather"], kinds["forest"], kinds["geological"]) == (30, 20, 60)
    assert (kinds["hazchem"], kinds["tailings"]) == (8, 2)
    points = Counter(stream.station for stream in county.streams)
    plants = [station.code for station in county.stations if station.kind == "hazchem"]
    assert sum(points[code] for code in plants) == 160


def test_codes_are_unique_and_point_at_what_exists(county: County) -> None:
    stations = {station.code: station for station in county.stations}
    gateways = {gateway.code for gateway in county.gateways}
    for rows in (county.stations, county.streams, county.gateways):
        assert len({row.code for row in rows}) == len(rows)
    assert len({station.name for station in county.stations}) == len(stations)
    assert {stream.station for stream in county.streams} == set(stations)
    assert {station.gateway for station in county.stations} == gateways
    units = {unit.code for unit in county.units}
    posts = {post.code for post in county.posts}
    served: list[Station | Gateway] = [*county.stations, *county.gateways]
    assert {one.unit for one in served} <= units
    keepers = {one.keeper for one in served} - {None}
    assert keepers
    assert keepers <= posts
    known: list[Any] = [*county.basins, *county.rivers, *county.reservoirs, *county.harbours]
    known += [*county.danger_zones, *county.key_sites]
    subjects = {station.subject for station in county.stations} - {None}
    assert subjects <= {one.code for one in known}


def test_departments_own_their_stations_and_report_their_own_way(county: County) -> None:
    units = {unit.code: unit.field for unit in county.units}
    fields = {station.kind: units[station.unit] for station in county.stations}
    assert fields["rain"] == fields["river"] == fields["reservoir"] == "water"
    assert fields["geological"] == fields["forest"] == "land"
    assert (fields["weather"], fields["tide"], fields["fire"]) == ("weather", "ocean", "fire")
    assert {gateway.way for gateway in county.gateways} == {
        "mqtt", "json", "csv", "ndjson", "arrow",
    }  # fmt: skip


def test_stations_on_land_stand_in_their_village(county: County) -> None:
    villages = {village.code: village.area for village in county.level("village")}
    for station in county.stations:
        if station.kind not in ("tide", "wave"):
            point = shapely.Point(station.lon, station.lat)
            assert villages[station.village].buffer(2e-4).contains(point), station.name


def test_what_is_measured_is_declared_and_every_unit_fits(county: County) -> None:
    kinds = codes.table("station-kinds")
    levels = codes.table("stream-level-kinds")
    assert {station.kind for station in county.stations} <= {row.code for row in kinds}
    for stream in county.streams:
        known = quantity(stream.quantity)
        convert([1.0], stream.unit, stream.quantity)
        assert all(kind in levels for kind, _ in stream.levels), stream.code
        known_levels = dict(stream.levels)
        checked = _Checked(stream.quantity, stream.unit, stream.low, stream.high, known_levels)
        assert not wrong_of(checked), stream.code
        for bound in (stream.low, stream.high):
            assert bound is not None
            assert known.low is None or known.low <= bound, stream.code
            assert known.high is None or bound <= known.high, stream.code


@dataclass
class _Checked:
    """A stream as the register checks it."""

    quantity: str
    unit: str
    low: float | None
    high: float | None
    levels: dict[str, float]


def test_levels_of_a_dam_are_the_reservoirs(county: County) -> None:
    dams = {dam.code: dam for dam in county.reservoirs}
    stations = {station.code: station for station in county.stations}
    for stream in _streams(county, "reservoir-level"):
        dam = dams[str(stations[stream.station].subject)]
        assert stream.level("flood-limit-meiyu") == pytest.approx(dam.meiyu_limit_m)
        assert stream.level("flood-limit-typhoon") == pytest.approx(dam.typhoon_limit_m)
        assert stream.level("dead") == pytest.approx(dam.dead_level_m)


def test_gauges_near_danger_zones_know_when_people_must_leave(county: County) -> None:
    gauges = [stream for stream in _streams(county, "rain") if stream.levels]
    assert len(gauges) > 80
    thresholds = {
        (hours, prepare, leave)
        for zone in county.danger_zones
        if zone.kind == "flash-flood"
        for hours, prepare, leave in zone.rain_mm
    }
    for stream in gauges:
        for hours in (1, 3, 6):
            pair = stream.level(f"prepare-{hours}h"), stream.level(f"move-{hours}h")
            assert (hours, *pair) in thresholds


def test_every_other_stage_gauge_sends_what_its_staff_reads(county: County) -> None:
    staffs = [stream for stream in _streams(county, "water-level") if stream.added is not None]
    assert 8 < len(staffs) < 34
    zeros = {station.code: station.zero_m for station in county.stations}
    assert all(stream.added == zeros[stream.station] for stream in staffs)
