"""Who answers for what: posts of county, townships, villages, grid cells and single things."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from . import frame
from .model import DangerZone, Region, Reservoir, Shelter, Team
from .regions import RegionMap
from .roster import Duty, Pool, Roster, pair
from .units import OFFICES, UnitBook
from .zones import HAZARDS, stem

_COUNTY: Final = (
    ("commander", "县委书记、县防指总指挥", 1),
    ("commander", "县长、县防指总指挥", 2),
    ("deputy-commander", "常务副县长、县防指副总指挥", 1),
    ("deputy-commander", "分管副县长、县防指副总指挥", 2),
    ("deputy-commander", "县人武部部长、县防指副总指挥", 3),
    ("spokesperson", "县政府新闻发言人", 1),
)
_TOWNSHIP: Final = (
    ("township-head", "党（工）委书记", 1),
    ("township-head", "{chief}", 2),
    ("township-deputy", "分管应急副职", 1),
    ("township-deputy", "人武部部长", 2),
    ("duty-leader", "带班领导", 1),
    ("duty-leader", "带班领导", 2),
    ("duty-officer", "值班员", 1),
    ("duty-officer", "值班员", 2),
    ("duty-officer", "值班员", 3),
)
_WATCHERS: Final = {
    "geohazard": ("geohazard-watcher", "地灾群测群防员"),
    "flash-flood": ("flash-flood-warner", "山洪预警员"),
    "outside-seawall": ("waterworks-patroller", "海塘巡查员"),
    "below-reservoir": ("warning-keeper", "库下预警员"),
    "unsafe-houses": ("unsafe-house-liaison", "危房联络员"),
    "lowland": ("patroller", "低洼易涝巡查员"),
}

_SIDES: Final = ("北", "东北", "东", "东南", "南", "西南", "西", "西北")


@dataclass(frozen=True, slots=True)
class Charges:
    """Things with a post of their own, by kind."""

    reservoirs: tuple[Reservoir, ...]
    zones: tuple[DangerZone, ...]
    shelters: tuple[Shelter, ...]
    teams: tuple[Team, ...]


class _Staff:
    """People at hand in every unit while posts are filled."""

    def __init__(self, book: UnitBook, regions: RegionMap, seed: int) -> None:
        self.book = book
        self.regions = regions
        self.roster = Roster(seed)
        self.villages: dict[str, Pool] = {}
        self.townships: dict[str, list[str]] = {}
        self.offices: dict[str, list[str]] = {}


def fill(
    book: UnitBook, regions: RegionMap, charges: Charges, full: tuple[str, ...], seed: int
) -> Roster:
    """Fill every post; ``full`` are the villages whose households have helpers."""
    staff = _Staff(book, regions, seed)
    _county(staff)
    for town in regions.townships:
        _township(staff, town)
    grids: dict[str, list[Region]] = {}
    for grid in regions.grids:
        grids.setdefault(grid.parent or "", []).append(grid)
    settings = dict(zip((v.code for v in regions.villages), regions.setting, strict=True))
    for village in sorted(regions.villages, key=lambda v: v.code):
        _village(staff, village, settings[village.code], grids[village.code])
        _grid_posts(staff, village, grids[village.code], village.code in full)
    _charges(staff, charges)
    return staff.roster


def _county(staff: _Staff) -> None:
    roster, offices = staff.roster, staff.book.offices
    leaders = roster.hire(offices["gov"], [t for _, t, _ in _COUNTY], ages=(42, 59))
    for k, (role, title, rank) in enumerate(_COUNTY):
        at = (f"{frame.CODE}-ld{k + 1}", offices["gov"], frame.CODE)
        roster.post(at, Duty(role, title, rank=rank, vital=True), pair(leaders, k))
    for short, kind, _, _, title, hazards in OFFICES[1:]:
        unit = offices[short]
        heads = roster.hire(
            unit, ["主要负责人", "分管副职", "科室负责人", "值班员", "值班员"], ages=(32, 58)
        )
        staff.offices[short] = heads
        answers = hazards.split()
        first = "bureau-head" if kind == "emergency-bureau" else "department-liaison"
        for k, text in enumerate(("主要负责人", "分管负责人")):
            role = first if k == 0 else "department-liaison"
            at = (f"{unit}-{k + 1}", unit, frame.CODE)
            roster.post(at, Duty(role, title + text, hazards=answers, rank=k + 1), pair(heads, k))
        for k in (3, 4):
            at = (f"{unit}-zb{k - 2}", unit, frame.CODE)
            roster.post(at, Duty("duty-officer", f"{title}值班员", rank=k - 1), pair(heads, k))
    _watch(staff)


def _watch(staff: _Staff) -> None:
    """Fill the county's watch and those only the emergency bureau has."""
    roster, unit = staff.roster, staff.book.offices["yj"]
    plan = (
        ("duty-leader", "县应急指挥中心带班领导", 4),
        ("duty-chief", "县应急指挥中心值班长", 4),
        ("duty-officer", "县应急指挥中心值班员", 8),
        ("disaster-reporter", "县级灾害信息员", 2),
        ("expert", "应急专家", 6),
        ("system-admin", "系统管理员", 1),
    )
    for role, title, count in plan:
        people = roster.hire(unit, [title] * count, ages=(28, 58))
        for k in range(count):
            at = (f"{unit}-{role}{k + 1}", unit, frame.CODE)
            held = pair(people, k) if count > 1 else people
            roster.post(at, Duty(role, title, rank=k + 1, vital=True), held)


def _township(staff: _Staff, town: Region) -> None:
    roster = staff.roster
    unit, station = staff.book.governments[town.code], staff.book.stations[town.code]
    chief = {"subdistrict": "办事处主任", "town": "镇长"}.get(town.kind, "乡长")
    titles = [title.format(chief=chief) for _, title, _ in _TOWNSHIP]
    people = roster.hire(unit, titles, ages=(30, 57))
    for k, (role, _, rank) in enumerate(_TOWNSHIP):
        at = (f"{unit}-{k + 1}", unit, town.code)
        roster.post(at, Duty(role, town.name + titles[k], rank=rank, vital=k < 4), pair(people, k))
    own = roster.hire(station, ["站长", "副站长", "灾害信息员", "消防专职", "消防专职"])
    at = (f"{station}-1", station, town.code)
    title = f"{town.name}应急消防管理站站长"
    roster.post(at, Duty("township-emergency-officer", title, vital=True), own[:2])
    at = (f"{station}-2", station, town.code)
    roster.post(at, Duty("disaster-reporter", f"{town.name}灾害信息员"), own[2:4])
    cadres = roster.hire(unit, ["驻村干部"] * 10, ages=(25, 50), women=0.4)
    staff.townships[town.code] = [*people, *cadres]


def _village(staff: _Staff, village: Region, setting: str, grids: list[Region]) -> None:
    roster, unit = staff.roster, staff.book.committees[village.code]
    name, community = village.name, village.kind == "community"
    titles = ["党组织书记、主任", "副主任", "委员", "委员", "文书"] + ["网格员"] * len(grids)
    people = roster.hire(unit, titles, ages=(30, 66), women=0.35)
    staff.villages[village.code] = Pool(people)
    at = village.code
    roster.post(
        (f"{at}-vh", unit, at), Duty("village-head", f"{name}主要负责人", vital=True), people[:2]
    )
    roster.post(
        (f"{at}-vd", unit, at), Duty("village-deputy", f"{name}应急工作分管人"), people[1:3]
    )
    roster.post((f"{at}-dr", unit, at), Duty("disaster-reporter", f"{name}灾害信息员"), people[2:4])
    cadres = staff.townships[village.parent or ""][9:]
    k = int(at[9:]) % len(cadres)
    word = "驻社区干部" if community else "驻村干部"
    government = staff.book.governments[village.parent or ""]
    post = (f"{at}-sc", government, at)
    roster.post(post, Duty("stationed-cadre", f"{name}{word}"), pair(cadres, k))
    if village.coastal:
        hazards = ("typhoon", "storm-surge", "sea-wave", "sea-gale", "tsunami")
        post = (f"{at}-vl", unit, at)
        roster.post(post, Duty("vessel-liaison", f"{name}渔船联络员", hazards=hazards), people[3:5])
    if setting in {"hill", "valley", "island"}:
        post = (f"{at}-fg", unit, at)
        roster.post(
            post, Duty("forest-guard", f"{name}护林员", hazards=("forest-fire",)), people[4:6]
        )


def _grid_posts(staff: _Staff, village: Region, grids: list[Region], full: bool) -> None:
    roster, unit = staff.roster, staff.book.committees[village.code]
    people = staff.villages[village.code].people
    for k, grid in enumerate(grids):
        own = [people[5 + k], people[5 + (k + 1) % len(grids)]]
        roster.post(
            (f"{grid.code}-gw", unit, grid.code), Duty("grid-worker", f"{grid.name}网格员"), own
        )
        lead = [people[k % 5], people[5 + k]]
        at = (f"{grid.code}-tr", unit, grid.code)
        roster.post(at, Duty("transfer-responsible", f"{grid.name}转移责任人"), lead)
        if full:
            helpers = roster.hire(unit, ["党员联户"] * 3, ages=(32, 68), women=0.4)
            for h in range(3):
                at = (f"{grid.code}-hp{h + 1}", unit, grid.code)
                title = f"{grid.name}帮扶责任人{h + 1}"
                roster.post(at, Duty("helper", title, rank=h + 1), pair(helpers, h))


def _charges(staff: _Staff, charges: Charges) -> None:
    roster, book = staff.roster, staff.book
    for reservoir in charges.reservoirs:
        _reservoir(staff, reservoir)
    for zone in charges.zones:
        if zone.watcher is not None:
            role, title = _WATCHERS[zone.kind]
            at = (zone.watcher, book.committees[zone.village], zone.village)
            held = staff.villages[zone.village].turn()
            roster.post(
                at,
                Duty(role, f"{zone.name}{title}", hazards=HAZARDS[zone.kind], subject=zone.code),
                held,
            )
    for shelter in charges.shelters:
        if shelter.keeper is not None:
            unit = book.committees[shelter.village]
            held = staff.villages[shelter.village].turn()
            at = (shelter.keeper, unit, shelter.village)
            title = f"{shelter.name}管理员"
            roster.post(at, Duty("shelter-keeper", title, subject=shelter.code), held)
    for team in charges.teams:
        _leader(staff, team)


def _reservoir(staff: _Staff, reservoir: Reservoir) -> None:
    """Administrative (township), technical (water bureau) and patrol (village) posts."""
    roster, book = staff.roster, staff.book
    hazards = ("dam-danger", "flood", "typhoon", "rainstorm")
    town = reservoir.village[:9]
    plan = (
        (reservoir.administrative, book.governments[town], town, "reservoir-keeper", "行政责任人",
         pair(staff.townships[town], 1)),
        (reservoir.technical, book.offices["sl"], frame.CODE, "reservoir-keeper", "技术责任人",
         pair(staff.offices["sl"], 1)),
        (reservoir.patrol, book.committees[reservoir.village], reservoir.village,
         "waterworks-patroller", "巡查责任人", staff.villages[reservoir.village].turn()),
    )  # fmt: skip
    for code, unit, region, role, title, held in plan:
        if code is not None:
            at = (code, unit, region)
            name = reservoir.name + title
            roster.post(
                at, Duty(role, name, hazards=hazards, subject=reservoir.code, vital=True), held
            )


def _leader(staff: _Staff, team: Team) -> None:
    roster, book = staff.roster, staff.book
    if team.leader is None:
        return
    if len(team.region) == len(frame.CODE):
        unit = book.offices["xf" if team.kind == "fire-station" else "yj"]
    else:
        unit = book.governments.get(team.region) or book.committees[team.region]
    held = roster.hire(unit, ["队长", "副队长"], ages=(26, 55), women=0.1)
    at = (team.leader, unit, team.region)
    roster.post(at, Duty("team-leader", f"{team.name}队长", subject=team.code), held)


def assign(
    zones: tuple[DangerZone, ...], shelters: tuple[Shelter, ...], regions: RegionMap, seed: int
) -> tuple[DangerZone, ...]:
    """Give each zone its watcher, transfer lead, shelter, assembly point and route."""
    rng = frame.stream(seed, "assign")
    by_village: dict[str, list[Shelter]] = {}
    for shelter in shelters:
        if shelter.status != "out-of-use":
            by_village.setdefault(shelter.village, []).append(shelter)
    grids: dict[str, list[Region]] = {}
    for grid in regions.grids:
        grids.setdefault(grid.parent or "", []).append(grid)
    rows = []
    for zone in zones:
        own = by_village.get(zone.village, list(shelters[:6]))
        here = (zone.lon, zone.lat)
        near = min(own, key=lambda s: (frame.apart_km(here, (s.lon, s.lat)), s.code))
        cell = min(
            grids[zone.village], key=lambda g: (frame.apart_km(here, (g.lon, g.lat)), g.code)
        )
        draw = rng.random(2)
        rows.append(
            replace(
                zone,
                watcher=None if draw[0] < 0.02 else f"{zone.code}-jc",
                transfer_lead=f"{cell.code}-tr",
                shelter=None if draw[1] < 0.012 else near.code,
                assembly=(near.lon, near.lat),
                route=_route(zone, near),
            )
        )
    return tuple(rows)


def _route(zone: DangerZone, shelter: Shelter) -> str:
    angle = np.degrees(np.arctan2((shelter.lon - zone.lon) * 0.88, shelter.lat - zone.lat)) % 360
    side = _SIDES[int((angle + 22.5) // 45) % 8]
    metres = frame.apart_km((zone.lon, zone.lat), (shelter.lon, shelter.lat)) * 1000
    return f"沿村道向{side}约{round(metres * 1.3, -1):.0f}米至{stem(shelter.building)}"
