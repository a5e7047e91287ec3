"""The county and its demo day, made once for all tests of the package."""

import tomllib
from pathlib import Path

import pytest

from anlan import sense
from anlan.demo.county import County
from anlan.demo.days import DAYS, truth
from anlan.demo.days.making import record
from anlan.demo.days.plan import Plan
from anlan.demo.days.recording import Recording
from anlan.sense.rules.spec import Spec, read_spec


@pytest.fixture(scope="package")
def county(grown: County) -> County:
    return grown


@pytest.fixture(scope="package")
def plan() -> Plan:
    return DAYS["demo-day"]


@pytest.fixture(scope="package")
def rules() -> dict[str, Spec]:
    """The rules that ship, by the codes they have in the demo county."""
    folder = Path(str(sense.__file__)).parent / "rules"
    found = {}
    for path in sorted(folder.glob("*.toml")):
        for code, raw in tomllib.loads(path.read_text(encoding="utf-8")).items():
            found[f"{code}@339901"] = read_spec(raw)
    return {code: spec for code, spec in found.items() if truth.foresees(spec)}


@pytest.fixture(scope="package")
def day(county: County, plan: Plan, rules: dict[str, Spec]) -> Recording:
    return record(county, plan, rules)
