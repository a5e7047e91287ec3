"""The demo county's plan: whole, written as it is read, and sound but for the planted gaps."""

from pathlib import Path

import pytest

from anlan import codes
from anlan.base.obligations import ladders
from anlan.demo.county import County
from anlan.demo.plan import FOLDER
from anlan.demo.stocks import stocks
from anlan.plans.checking import Facts, PostFact, check_plan
from anlan.plans.spec.yaml import read_plan, write_plan
from anlan.resources.selectors import items

FILES = sorted(FOLDER.glob("*.yaml"))


@pytest.fixture(scope="module")
def facts(grown: County) -> Facts:
    return _of_county(grown)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_plan_lies_there_as_it_is_written(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert write_plan(read_plan(text)) == text
    assert read_plan(text).code == file.stem


def test_the_typhoon_plan_finds_only_the_gaps_planted_in_the_county(facts: Facts) -> None:
    plan = read_plan((FOLDER / "typhoon-flood.yaml").read_text(encoding="utf-8"))
    assert len(plan.steps) >= 150
    found = check_plan(plan, facts)
    assert [(one.gravity, one.kind, one.where) for one in found] == [
        ("gap", "vacant-post", "roles/stationed-cadre"),
        ("gap", "vacant-post", "roles/transfer-responsible"),
    ]


def test_only_who_has_a_raft_a_gate_a_crane_or_a_spot_by_the_sea_owes_what_is_done_there(
    facts: Facts,
) -> None:
    plan = read_plan((FOLDER / "typhoon-flood.yaml").read_text(encoding="utf-8"))
    steps = {one.key: one for one in plan.steps}
    towns = sum(level == "township" for _, level in facts.regions.values())
    for key, where in (
        ("rafts-ashore", "fish-rafts"), ("scenic-close", "scenic-spots"),
        ("cranes", "building-sites"), ("seawall-gates", "sluices"),
    ):  # fmt: skip
        step = steps[key]
        assert (step.who.where, step.register) == (where, where)
        owed = {post.region for post in facts.debtors(plan, step.who)}
        assert owed
        stocked = facts.stocked[where]
        assert all(any(one.startswith(region) for one in stocked) for region in owed)
        assert len(owed) < towns or step.who.at == "village"


LEVELS = {6: "county", 9: "township", 12: "village", 15: "grid"}


def _of_county(county: County) -> Facts:
    """Know of the demo county what the database would know."""
    alive = {one.code for one in county.persons if any(not each.dead for each in one.phones)}
    posts = []
    for post in county.posts:
        held = tuple(one for one in (post.holder, post.deputy) if one)
        posts.append(
            PostFact(
                post.code, post.title, post.role, post.region, LEVELS[len(post.region)], held,
                not alive.isdisjoint(held), frozenset(post.hazards),
            )
        )  # fmt: skip
    stocked = {f"danger-zones/{one.kind}": set[str]() for one in county.danger_zones}
    for zone in county.danger_zones:
        stocked[f"danger-zones/{zone.kind}"].add(zone.village)
    stocked["vessels"] = {one.village for one in county.vessels}
    stocked["reservoirs"] = {one.village for one in county.reservoirs}
    home = {one.code: one.village for one in county.key_sites}
    stocked["fish-rafts"] = {one.village for one in county.rafts}
    stocked["sluices"] = {one.village for one in county.sluices}
    stocked["building-sites"] = {home[one.site] for one in county.building_sites}
    stocked["scenic-spots"] = {home[one.site] for one in county.scenic_spots}
    stocked["households"] = set(county.households.grid)
    stores: dict[str, int | None] = {}
    for row in stocks(county):
        if row["amount"] is not None and "expires_on" not in row:
            stores[row["item"]] = (stores.get(row["item"]) or 0) + row["amount"]
    return Facts(
        posts=tuple(posts), items=items(), stores=stores,
        regions={one.code: (one.name, LEVELS[len(one.code)]) for one in county.regions},
        roles={row.code: tuple(row.extra["levels"] or ()) for row in codes.table("posts")},
        hazards=set(codes.hazards()), ladders=set(ladders.read(ladders.DEFAULTS)),
        registers={
            "vessels", "danger-zones", "reservoirs", "shelters", "households", "fish-rafts",
            "sluices", "building-sites", "scenic-spots",
        },
        teams={one.code for one in county.teams},
        stocked=stocked,
    )  # fmt: skip
