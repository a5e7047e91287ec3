"""The demo county as rows of registers: pure functions from its dataclasses to columns by name."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

import shapely

from anlan.base.regions import scope
from anlan.demo.county.model import Basin, County, Station
from anlan.demo.county.sensing.water import STAGE, stage_m
from anlan.engines.basin import channel_rating

Values = dict[str, Any]

#: Wooded hills in an ordinary state; and hours from the middle of rain to that of the flood for a
#: channel of a km at a slope of one (Kirpich 1940: 0.066 L^0.77 S^-0.385, six tenths of it).
BASIN_CURVE_NUMBER, BASIN_LAG = 72.0, 0.04
#: Of stony brooks (Chow 1959: 0.040 to 0.050), s/m^(1/3).
BASIN_ROUGHNESS = 0.045
#: A brook is so much flatter at its mouth than on the whole.
AT_MOUTH = 0.25

#: Since when the holders of posts hold them: the last election of the invented villages.
ELECTED = date(2024, 11, 20)
#: Degrees kept of outlines: a tenth of a metre.
GRID = 1e-6
#: Posts of the county's offices that answer for kinds of key sites without a post of their own.
OFFICE_OF = {"construction": "339901-zj-2", "scenic": "339901-wl-2"}
#: What heights of gauges are told over.
DATUM = "1985 国家高程基准"


def units(county: County) -> Iterator[Values]:
    """Offices, governments, committees; superiors before those below them."""
    for unit in county.units:
        yield {
            "code": unit.code, "name": unit.name, "kind": unit.kind, "region": unit.region,
            "parent": unit.parent, "address": unit.address, "duty_phone": unit.duty_phone or "",
            "lon": unit.lon, "lat": unit.lat,
        }  # fmt: skip


def persons(county: County) -> Iterator[Values]:
    """Everybody who serves."""
    regions = {unit.code: unit.region for unit in county.units}
    for person in county.persons:
        yield {
            "code": person.code, "name": person.name, "sex": person.sex,
            "birth_year": person.birth_year, "unit": person.unit, "title": person.title,
            "region": regions[person.unit],
        }  # fmt: skip


def phones(county: County) -> Iterator[Values]:
    """Their telephones, in the order they are tried."""
    for person in county.persons:
        for rank, phone in enumerate(person.phones, start=1):
            yield {
                "person": person.code, "rank": rank, "kind": phone.kind, "number": phone.number,
                "short_number": person.short_number or "" if rank == 1 else "",
                "dead": phone.dead,
            }  # fmt: skip


def posts(county: County) -> Iterator[Values]:
    """Yield posts of every level, the vacant ones too."""
    for post in county.posts:
        yield {
            "code": post.code, "title": post.title, "unit": post.unit, "region": post.region,
            "role": post.role, "hazards": list(post.hazards), "rank": post.rank,
        }  # fmt: skip


def holdings(county: County) -> Iterator[Values]:
    """Who holds them, as A and as B."""
    for post in county.posts:
        for rank, person in (("A", post.holder), ("B", post.deputy)):
            if person is not None:
                yield {"post": post.code, "rank": rank, "person": person, "since": ELECTED}


def shelters(county: County) -> Iterator[Values]:
    """Shelters."""
    for one in county.shelters:
        yield {
            "code": one.code, "name": one.name, "level": one.level, "stay": one.stay,
            "space": one.space, "region": one.village, "address": one.address,
            "building": one.building, "structure": one.structure, "seismic": one.seismic,
            "height": one.height_m, "area": one.area_m2, "per_person": one.per_person_m2,
            "capacity": one.capacity, "occupied": 0, "facilities": list(one.facilities),
            "supplies": one.supplies, "keeper": one.keeper, "opens_when": one.opens_when,
            "assessed_on": one.assessed_on, "status": one.status, "lon": one.lon, "lat": one.lat,
        }  # fmt: skip


def teams(county: County) -> Iterator[Values]:
    """Rescue teams."""
    for one in county.teams:
        yield {
            "code": one.code, "name": one.name, "kind": one.kind, "skills": list(one.skills),
            "grade": one.grade or "", "region": one.village, "address": one.address,
            "members": one.members, "certified": one.certified,
            "equipment": "；".join(f"{name} {count}" for name, count in one.equipment),
            "leader": one.leader, "duty_phone": one.duty_phone or "",
            "response": float(one.response_min), "insured": one.insured,
            "agreement": one.agreement, "status": one.status, "lon": one.lon, "lat": one.lat,
        }  # fmt: skip


def reservoirs(county: County) -> Iterator[Values]:
    """Reservoirs with their three responsible posts."""
    keepers = _keepers(county)
    for one in county.reservoirs:
        yield {
            "code": one.code, "name": one.name, "size": one.size, "region": one.village,
            "capacity": one.capacity_m3 / 1e4, "catchment": one.catchment_km2, "dam": one.dam,
            "dam_height": one.dam_height_m, "crest": one.dam_crest_m,
            "dead_level": one.dead_level_m, "normal_level": one.normal_level_m,
            "meiyu_limit": one.meiyu_limit_m, "typhoon_limit": one.typhoon_limit_m,
            "design_level": one.design_level_m, "check_level": one.check_level_m,
            "curve": [[level, volume / 1e4] for level, volume in one.curve],
            "safety": one.safety, "built": one.built, **keepers.get(one.code, {}),
            "lon": one.lon, "lat": one.lat,
        }  # fmt: skip


def _keepers(county: County) -> dict[str, Values]:
    """Find the posts of reservoirs: the first named is administrative, then technical, patrol."""
    codes = {one.code for one in county.reservoirs}
    found: dict[str, Values] = {}
    for post in county.posts:
        if post.subject in codes:
            named = found.setdefault(str(post.subject), {})
            free = [n for n in ("administrative", "technical", "patrol") if n not in named]
            if free:
                named[free[0]] = post.code
    return found


def danger_zones(county: County) -> Iterator[Values]:
    """Danger zones with their outlines."""
    for one in county.danger_zones:
        yield {
            "code": one.code, "name": one.name, "kind": one.kind, "hazards": list(one.hazards),
            "level": one.level, "status": one.status, "region": one.village,
            "outline": _geojson(one.area), "area": one.area_m2, "households": one.households,
            "people": one.people, "thresholds": [list(row) for row in one.rain_mm] or None,
            "signal": one.signal, "route": one.route, "assembly_lon": one.assembly[0],
            "assembly_lat": one.assembly[1], "shelter": one.shelter, "watcher": one.watcher,
            "transfer_lead": one.transfer_lead, "cause": one.cause, "lon": one.lon, "lat": one.lat,
        }  # fmt: skip


def _geojson(shape: Any) -> Mapping[str, Any]:
    drawn: Mapping[str, Any] = json.loads(shapely.to_geojson(shapely.set_precision(shape, GRID)))
    return drawn


def key_sites(county: County) -> Iterator[Values]:
    """Key sites."""
    keepers = {post.subject: post.code for post in county.posts if post.subject}
    for one in county.key_sites:
        yield {
            "code": one.code, "name": one.name, "kind": one.kind, "region": one.village,
            "address": one.address, "people": one.people, "hazards": list(one.hazards),
            "keeper": keepers.get(one.code) or OFFICE_OF.get(one.kind),
            "contact": one.contact or "",
            "contact_phone": one.contact_phone or "", "note": one.note, "lon": one.lon,
            "lat": one.lat,
        }  # fmt: skip


def vessels(county: County) -> Iterator[Values]:
    """Fishing vessels."""
    harbours = {harbour.code: harbour.name for harbour in county.harbours}
    for one in county.vessels:
        yield {
            "code": one.code, "name": one.name, "kind": one.kind, "gear": one.gear or "",
            "harbour": harbours[one.harbour], "region": one.village, "length": one.length_m,
            "power": one.power_kw, "tonnage": one.gross_tons, "crew": one.crew,
            "skipper": one.skipper, "skipper_phone": one.skipper_phone or "",
            "beidou": one.beidou or "", "keeper": one.keeper, "status": one.status,
            "course": one.course_deg, "speed": one.speed_kn, "lon": one.lon, "lat": one.lat,
        }  # fmt: skip


def cameras(county: County) -> Iterator[Values]:
    """Cameras."""
    for one in county.cameras:
        yield {
            "code": one.code, "name": one.name, "kind": one.kind, "scene": one.scene,
            "region": one.village, "subject": one.subject or "", "bearing": one.bearing_deg,
            "url": f"rtsp://video.demo.invalid/{one.code}",  # a name that is nobody's, ever
            "status": one.status, "lon": one.lon, "lat": one.lat,
        }  # fmt: skip


def gateways(county: County) -> Iterator[Values]:
    """Gateways that report for stations."""
    for one in county.gateways:
        yield {
            "code": one.code, "name": one.name, "region": one.region, "unit": one.unit,
            "keeper": one.keeper, "phone": one.phone or "", "place": one.place,
            "status": "in-use",
        }  # fmt: skip


def stations(county: County) -> Iterator[Values]:
    """Stations, with the reservoir, danger zone or key site they watch."""
    reservoirs = {one.code for one in county.reservoirs}
    zones = {one.code for one in county.danger_zones}
    sites = {one.code for one in county.key_sites}
    for one in county.stations:
        read = one.zero_m is not None or one.kind in ("reservoir", "tide")
        yield {
            "code": one.code, "name": one.name, "kind": one.kind, "region": one.village,
            "unit": one.unit, "gateway": one.gateway, "keeper": one.keeper,
            "reservoir": one.subject if one.subject in reservoirs else None,
            "danger_zone": one.subject if one.subject in zones else None,
            "key_site": one.subject if one.subject in sites else None,
            "datum": DATUM if read else "", "zero": one.zero_m, "river": one.water,
            "status": "in-use", "source": one.source, "lon": one.lon, "lat": one.lat,
        }  # fmt: skip


def streams(county: County) -> Iterator[Values]:
    """Streams of values the stations send."""
    for one in county.streams:
        yield {
            "code": one.code, "name": one.name, "station": one.station,
            "quantity": one.quantity, "item": one.item, "unit": one.unit, "added": one.added,
            "interval_s": one.interval_s, "low": one.low, "high": one.high,
            "levels": dict(one.levels) or None, "position": one.position, "depth": one.depth_m,
            "status": "in-use",
        }  # fmt: skip


def basins(county: County) -> Iterator[Values]:
    """Small basins, those below before those that drain into them."""
    waiting, known = list(county.basins), set[str]()
    staffs = {one.subject: one for one in county.stations if one.kind == STAGE.key and one.subject}
    while waiting:
        ready = [one for one in waiting if one.downstream is None or one.downstream in known]
        for one in ready:
            known.add(one.code)
            yield {
                "code": one.code, "name": one.name, "region": scope.pad(one.township),
                "area": round(one.area_km2, 2), "curve_number": BASIN_CURVE_NUMBER,
                "lag": round(BASIN_LAG * one.channel_km**0.77 / one.channel_slope**0.385, 2),
                "downstream": one.downstream, "length": round(one.channel_km * 1000),
                "slope": round(one.channel_slope, 5), "width": round(one.catchment_km2**0.5 * 4, 1),
                "roughness": BASIN_ROUGHNESS, "outline": _geojson(one.area), "lon": one.outlet[0],
                "lat": one.outlet[1], "source": "演示县地形", **_rated(one, staffs.get(one.code)),
            }  # fmt: skip
        waiting = [one for one in waiting if one.code not in known]


def _rated(basin: Basin, staff: Station | None) -> Values:
    """Reckon the rating of a basin's outlet by Manning's law, where a gauge stands there."""
    if staff is None or staff.zero_m is None:
        return {}
    width = round(basin.catchment_km2**0.5 * 4, 1)
    # The gauge's zero lies half a metre below the bed.
    bed, depth = staff.zero_m + 0.5, 3.0 * stage_m(basin.catchment_km2)
    slope = basin.channel_slope * AT_MOUTH
    curve = channel_rating(bed, depth, width=width, slope=slope, roughness=BASIN_ROUGHNESS)
    points = zip(curve.stage[::5].tolist(), curve.flow[::5].tolist(), strict=True)
    return {
        "gauge": staff.code,
        "rating": [[round(stage, 2), round(flow, 2)] for stage, flow in points],
    }


def tide_points(county: County) -> Iterator[Values]:
    """Tide stations by the constants of Kanmen, the nearest gauge whose constants are open."""
    for place, one in enumerate(one for one in county.stations if one.kind == "tide"):
        yield {
            "station": one.code, "reference": "kanmen", "ratio": round(1 - 0.03 * place, 2),
            "later": 4.0 * place, "mean": 0.25, "source": "按坎门推算（演示）",
        }  # fmt: skip


#: Register key and its rows; each register after those its rows point at.
SHEETS: tuple[tuple[str, Callable[[County], Iterator[Values]]], ...] = (
    ("units", units),
    ("persons", persons),
    ("phones", phones),
    ("posts", posts),
    ("holdings", holdings),
    ("shelters", shelters),
    ("teams", teams),
    ("reservoirs", reservoirs),
    ("danger-zones", danger_zones),
    ("key-sites", key_sites),
    ("vessels", vessels),
    ("cameras", cameras),
    ("gateways", gateways),
    ("stations", stations),
    ("streams", streams),
    ("basins", basins),
    ("tide-points", tide_points),
)
