"""People moved, losses told, forms filled: killed with kill -9 they are whole, or not there."""

from typing import Any

import pytest

from anlan.base.conftest import RealWorkspace, migrated, real, workspace_of_tests
from tests.durability import dying
from tests.durability.dying import AFTER_ALL

__all__ = ["migrated", "real", "workspace_of_tests"]

pytestmark = pytest.mark.slow

MAKE = "from tests.durability.telling import make; make()"
PRESS = "from tests.durability.telling import press; press()"
TELL = "from tests.durability.telling import tell; tell()"


def died(real: RealWorkspace, deed: str, moment: str) -> bool:
    """Do a deed in a process of its own; tell whether it died of it."""
    return dying.died(real, PRESS, deed, moment)


def done(real: RealWorkspace, deed: str) -> str:
    """Do a deed and live; tell what came of it."""
    return str(dying.said(real, PRESS, deed, ""))


def told(real: RealWorkspace) -> dict[str, Any]:
    found: dict[str, Any] = dying.said(real, TELL)
    return found


def test_each_is_there_whole_or_not_at_all_and_done_again_it_is_done_once(
    real: RealWorkspace,
) -> None:
    real.do(MAKE)
    assert died(real, "draft", "0.4")
    assert died(real, "draft", AFTER_ALL)
    assert done(real, "draft") == "done"
    assert died(real, "order", "0.5")
    assert told(real)["batches"] == ["draft"]
    assert died(real, "order", AFTER_ALL)
    assert "已下达" in done(real, "order")
    assert died(real, "tick", "0.5")
    assert died(real, "tick", AFTER_ALL)
    assert done(real, "tick") == "done"
    assert died(real, "fill", "0.5")
    assert died(real, "fill", AFTER_ALL)
    assert done(real, "fill") == "done"
    assert died(real, "report", "0.5")
    assert done(real, "report") == "done"
    found = told(real)
    assert found["batches"] == ["ordered"]
    assert (found["ticks"], found["agree"]) == (1, [True])
    assert found["revisions"] == [1]
    assert found["reports"] == [[1, {"affected": 7}]]
    assert sorted(kind for kind, _ in found["owed"]).count("evacuate") == 1
    assert found["told"]["respond.EvacuationOrdered"] == 1
    assert found["told"]["relief.LossesReported"] == 1
    verified = real.anlan("journal", "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
