"""A response killed with kill -9 while it starts, is raised, and while an order is given.

Either all of a deed is there or nothing, whoever presses again finds which, and nobody is asked
twice or forgotten.
"""

import json
import random
from typing import Any

import pytest

from anlan.base.conftest import RealWorkspace, migrated, real, workspace_of_tests
from tests.durability import dying
from tests.durability.dying import AFTER_ALL

__all__ = ["migrated", "real", "workspace_of_tests"]

pytestmark = pytest.mark.slow

MAKE = "from tests.durability.commanding import make; make()"
PRESS = "from tests.durability.commanding import press; press()"
TELL = "from tests.durability.commanding import tell; tell()"


def died(real: RealWorkspace, deed: str, stage: str, moment: str, key: str = "flood") -> bool:
    """Press a button in a process of its own; tell whether it died of it."""
    return dying.died(real, PRESS, deed, key, stage, moment)


def pressed(real: RealWorkspace, deed: str, stage: str, key: str = "flood") -> str:
    """Press a button and live; tell what came of it."""
    return str(dying.said(real, PRESS, deed, key, stage, ""))


def told(real: RealWorkspace) -> dict[str, Any]:
    found: dict[str, Any] = dying.said(real, TELL)
    return found


def check(found: dict[str, Any], real: RealWorkspace) -> None:
    """Nothing doubled, nothing loose, nothing forgotten, and the journal is whole."""
    assert found["doubled"] == []
    assert found["loose"] == []
    assert found["ripe"] == 0
    assert found["silent"] == []
    verified = real.anlan("journal", "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr


def test_killed_in_the_middle_a_deed_is_there_whole_or_not_at_all(real: RealWorkspace) -> None:
    real.do(MAKE)
    for moment in ("0.3", "0.6"):
        assert died(real, "start", "4", moment)
    assert died(real, "start", "4", AFTER_ALL)
    assert "已经启动" in pressed(real, "start", "4")
    assert died(real, "raise", "3", "0.5")
    assert pressed(real, "raise", "3") == "done"
    assert "已经是这一级" in pressed(real, "raise", "3")
    assert died(real, "order", "", "0.5")
    assert died(real, "order", "", AFTER_ALL)
    assert pressed(real, "order", "") == "done"
    found = told(real)
    assert found["responses"] == [["flood", "3", 2]]
    assert found["turns"] == [[1, "start"], [2, "raise"]]
    assert found["steps"] == {"watch": 1, "lists": 4, "out": 4, "sum": 1, "dams": 1}
    assert (found["orders"], len(found["ordered"])) == (1, 4)
    assert found["told"] == {"respond.ResponseStarted": 1, "respond.ResponseMoved": 1}
    noted = found["noted"]
    assert (noted["responses.started"], noted["responses.raised"]) == (1, 1)
    assert (noted["responses.ordered"], found["logged"]) == (1, 2)
    check(found, real)


KILLS = 10


def _call_it_a_demo(real: RealWorkspace) -> None:
    """Only there may the demo county be loaded."""
    path = real.dir / "workspace.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**told, "kind": "demo"}), encoding="utf-8")


@pytest.mark.soak
def test_the_demo_countys_gravest_response_survives_ten_kills(real: RealWorkspace) -> None:
    _call_it_a_demo(real)
    loaded = real.anlan("demo", "load")
    assert loaded.returncode == 0, loaded.stderr
    before = told(real)
    moments = random.Random(7)
    killed = 0
    for deed, stage, kills in (("start", "2", 4), ("raise", "1", 3), ("order", "", 3)):
        for _ in range(kills):
            assert died(real, deed, stage, f"{moments.uniform(0.05, 0.6):.3f}", "typhoon")
            killed += 1
        assert pressed(real, deed, stage, "typhoon") == "done"
    assert killed == KILLS
    found = told(real)
    print(f"{sum(found['steps'].values())} owed in {len(found['steps'])} steps, {killed} kills")
    assert ["typhoon", "1", 2] in found["responses"]
    assert sum(found["steps"].values()) - sum(before["steps"].values()) > 2_000
    assert found["orders"] == before["orders"] + 1
    check({**found, "silent": sorted(set(found["silent"]) - set(before["silent"]))}, real)
