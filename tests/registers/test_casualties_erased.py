"""`anlan erase` reaches the dead, the missing and the owners of homes that a matter listed."""

import json
from typing import Any

import pytest

from anlan.base.conftest import RealWorkspace, migrated, real, workspace_of_tests

__all__ = ["migrated", "real", "workspace_of_tests"]

pytestmark = pytest.mark.slow

NAME, KIN, OWNER = "欧阳明月", "10098765432", "上官清风"
MAKE = f"""
import json
from anlan.base.permissions.actor import system
from anlan.base.regions.models import Region
from anlan.base.register.registry import REGISTERS
from anlan.base.register.services import save_row
from anlan.kernel import clock
from anlan.relief import services
by = system("test")
for code, name, level, parent in (
    ("330000000000", "省", 1, None), ("339900000000", "市", 2, "330000000000"),
    ("339901000000", "县", 3, "339900000000"), ("339901101000", "镇", 4, "339901000000"),
    ("339901101201", "村", 5, "339901101000"),
):
    Region.objects.create(code=code, name=name, level=level, parent_id=parent)
matter = services.open_matter(
    occurrence=services.Occurrence(
        hazard="typhoon", region="339901000000", title="台风", occurred_at=clock.now()
    ),
    by=by,
)
rows = [
    save_row(entry=REGISTERS["casualties"], by=by, values={{
        "code": f"SW-{{n}}", "region": "339901101201", "matter": matter.code, "name": "{NAME}",
        "id_number": "339901196513019999", "kin": "{NAME}", "kin_phone": "{KIN}",
        "status": "dead", "cause": "drowned",
    }}).id
    for n in (1, 2)
]
rows.append(save_row(entry=REGISTERS["damaged-houses"], by=by, values={{
    "code": "FW-1", "region": "339901101201", "matter": matter.code, "owner": "{OWNER}",
    "damage": "severe", "rooms": 3,
}}).id)
print(json.dumps({{"case": matter.case, "rows": rows}}))
"""
TELL = f"""
import json
from anlan.base.permissions.actor import system
from anlan.base.register import selectors
from anlan.base.register.registry import REGISTERS
from anlan.base.journal.verification import verify
from anlan.relief.models import Casualty, DamagedHouse
from anlan.relief.selectors.totals import listed_counts
from anlan.relief.models import LossMatter
by = system("test")
print(json.dumps({{
    "rows": [selectors.one(REGISTERS["casualties"], by, pk)
             for pk in Casualty.objects.order_by("code").values_list("pk", flat=True)],
    "house": selectors.one(REGISTERS["damaged-houses"], by, DamagedHouse.objects.get().pk),
    "found": selectors.page(
        REGISTERS["casualties"], by, selectors.Query(q="{NAME}")).total,
    "counted": listed_counts(LossMatter.objects.get(), "339901000000"),
    "chain": verify().ok,
}}, default=str, ensure_ascii=False))
"""


def told(real: RealWorkspace) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(real.do(TELL).strip().splitlines()[-1])
    return found


def test_one_by_one_or_with_its_case_nothing_personal_is_left_and_the_count_stays(
    real: RealWorkspace,
) -> None:
    made = json.loads(real.do(MAKE).strip().splitlines()[-1])
    before = told(real)
    assert before["found"] == 2
    one = real.anlan("erase", "--person", made["rows"][0], "--yes")
    assert one.returncode == 0, one.stderr
    after = told(real)
    assert NAME not in str(after["rows"][0])
    assert KIN not in str(after["rows"][0])
    assert after["found"] == 1
    rest = real.anlan("erase", "--case", made["case"], "--yes")
    assert rest.returncode == 0, rest.stderr
    after = told(real)
    assert not any(word in str(after) for word in (NAME, KIN, OWNER))
    assert after["found"] == 0
    assert after["counted"] == before["counted"]
    assert after["chain"]
