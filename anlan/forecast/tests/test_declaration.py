"""A model is a declared thing: what is wrong with it is named, and the last good one stays."""

from datetime import timedelta
from pathlib import Path

import pytest

from anlan.forecast.declaration import read_model
from anlan.forecast.declaration.shelf import SHIPPED, Shelf
from anlan.forecast.selectors.gathering import KINDS
from anlan.kernel.errors import Invalid

OWN = """
title = "县里的模型"
hazard = "storm-surge"
command = ["./model", "{inputs}", "{outputs}"]
ahead = "24h"
step = "10min"
[schedule]
every = "3h"
[[inputs]]
name = "points"
kind = "tide-points"
title = "潮位站"
"""


def test_what_ships_can_be_read_and_gathered() -> None:
    names = sorted(path.stem for path in SHIPPED.glob("*.toml"))
    assert {"tide", "basin"} <= set(names)
    for name in names:
        model = read_model(name, (SHIPPED / f"{name}.toml").read_text(encoding="utf-8"))
        assert {one.kind for one in model.inputs} <= set(KINDS)
        assert model.source
        assert model.about_en != model.about


@pytest.mark.parametrize(
    ("was", "now", "word"),
    [
        ('title = "县里的模型"', "", "title"),
        ("command", "strange", "strange"),
        ('hazard = "storm-surge"', 'hazard = "dragons"', "dragons"),
        ('ahead = "24h"', 'ahead = "soon"', "soon"),
        ('step = "10min"', 'step = "1s"', "step"),
        ('step = "10min"', 'step = "10min"\nengine = "tide"', "engine"),
        ('command = ["./model", "{inputs}", "{outputs}"]', 'engine = "magic"', "magic"),
        ('every = "3h"', 'every = "1min"', "every"),
        ('title = "潮位站"', 'title = "潮位站"\nfallback = "without"', "said"),
        ('title = "潮位站"', 'title = "潮位站"\nfallback = "older"', "oldest"),
        ("[schedule]", "[schedule", "own.toml"),
        ('every = "3h"', 'every = "3h"\nonly_with = ["moon"]', "moon"),
    ],
)
def test_what_is_wrong_is_named(was: str, now: str, word: str) -> None:
    assert was in OWN
    with pytest.raises(Invalid, match=word):
        read_model("own", OWN.replace(was, now))


def test_an_operators_model_is_taken_when_its_file_appears(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    assert "own" not in shelf.models()
    (tmp_path / "conf" / "models").mkdir(parents=True)
    path = tmp_path / "conf" / "models" / "own.toml"
    path.write_text(OWN, encoding="utf-8")
    assert shelf.models()["own"].ahead == timedelta(hours=24)
    path.write_text(OWN.replace("24h", "soon"), encoding="utf-8")
    assert shelf.models()["own"].ahead == timedelta(hours=24)
    assert "soon" in shelf.wrong()["own"]
    path.write_text(OWN.replace("24h", "48h"), encoding="utf-8")
    assert shelf.models()["own"].ahead == timedelta(hours=48)
    assert shelf.wrong() == {}


def test_an_operators_file_replaces_the_shipped_one_of_its_name(tmp_path: Path) -> None:
    (tmp_path / "conf" / "models").mkdir(parents=True)
    path = tmp_path / "conf" / "models" / "tide.toml"
    shipped = (SHIPPED / "tide.toml").read_text(encoding="utf-8")
    path.write_text(shipped.replace('every = "6h"', 'every = "3h"'), encoding="utf-8")
    model = Shelf(tmp_path).model("tide")
    assert not model.shipped
    assert model.schedule is not None
    assert model.schedule.every == timedelta(hours=3)
