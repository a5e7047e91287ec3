"""The guide "how to add" is followed: its hazard, quantity and engine are put in and used."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from anlan import codes
from anlan.codes import quantities
from anlan.kernel.errors import Invalid

from .written import DOCS, ROOT, fences

GUIDE = DOCS / "howto" / "adding.md"
ENGINE = "anlan/engines/runs/rational.py"


def told() -> dict[str, str]:
    """Give every titled text of the guide by the place its title says."""
    return {title: text for _, title, text in fences(GUIDE) if title}


@pytest.fixture
def followed(tmp_path: Path) -> Iterator[None]:
    """Put the guide's files of a workspace where their titles say."""
    for title, text in told().items():
        if title.startswith("DIR/"):
            place = tmp_path / title.removeprefix("DIR/")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8")
    codes.overlay(tmp_path / "conf" / "codes")
    yield
    codes.overlay(None)


@pytest.mark.usefixtures("followed")
def test_the_hazard_of_the_guide_is_one_with_levels_and_posts_and_the_others_stay() -> None:
    fog = codes.hazard("sea-fog")
    assert (fog.name, fog.label("en")) == ("海雾", "Sea fog")
    assert [level.level for level in fog.levels] == [2, 3, 4]
    assert codes.hazard_of_event(fog.event_code) == fog
    assert "duty-officer" in fog.posts
    with_it = set(codes.hazards())
    codes.overlay(None)
    assert with_it - set(codes.hazards()) == {"sea-fog"}


@pytest.mark.usefixtures("followed")
def test_the_quantity_of_the_guide_takes_readings_in_other_units_and_refuses_unfit_ones() -> None:
    seen = quantities.quantity("visibility-at-sea")
    assert seen.hazards == ("sea-fog",)
    assert quantities.convert(np.array([1.5]), "km", seen.key).tolist() == [1500.0]
    with pytest.raises(Invalid, match="单位"):
        quantities.convert(np.array([1.5]), "hPa", seen.key)


def test_the_engine_of_the_guide_is_listed_and_runs_its_own_example(tmp_path: Path) -> None:
    (tmp_path / Path(ENGINE).name).write_text(told()[ENGINE], encoding="utf-8")
    asked = f"""
import json
import anlan.engines.runs
anlan.engines.runs.__path__.append({str(tmp_path)!r})  # as if it lay there
from anlan.engines.registry import engine, plain, run
declared, found = run("rational", engine("rational").example, lambda name: b"")
print(json.dumps({{one.key: plain(one, found.values[one.key]) for one in declared.outputs}}))
"""
    answer = subprocess.run(
        [sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stderr
    peak = json.loads(answer.stdout)["peak"]
    assert peak["unit"] == "m3/s"
    assert peak["values"] == pytest.approx([10.0, 20.0])  # as its `verified` says


def test_every_way_of_adding_has_a_page_and_each_page_a_test() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    tests = {
        "devices.md": "tests/docs/test_devices_howto.py",
        "sources.md": "anlan/gateways/sources/tests/test_deeds.py",
        "channels.md": "anlan/comms/tests/test_declaring.py",
        "register.md": "tests/docs/test_register_howto.py",
        "forms.md": "tests/docs/test_forms_howto.py",
    }
    for page, test in tests.items():
        assert f"]({page})" in text
        assert page in (ROOT / test).read_text(encoding="utf-8")
