"""Every quantity can be measured, converted and said in both languages."""

import re

import pytest

from anlan import codes
from anlan.codes import quantities
from anlan.codes.rows import CONFIDENCES
from anlan.codes.tests import Write
from anlan.kernel.errors import Invalid, Missing

CHINESE = re.compile(r"[\u4e00-\u9fff]")
each = pytest.mark.parametrize(
    "one", quantities.quantities().values(), ids=lambda quantity: quantity.key
)


@each
def test_a_quantity_says_what_it_is(one: quantities.Quantity) -> None:
    assert CHINESE.search(one.title)
    assert not CHINESE.search(one.title_en)
    assert one.source
    assert one.confidence in CONFIDENCES
    assert 0 <= one.decimals <= 3


@each
def test_a_quantity_has_a_possible_range_and_known_hazards(one: quantities.Quantity) -> None:
    assert one.low is not None
    assert one.high is not None
    assert one.low < one.high
    assert set(one.hazards) <= codes.hazards().keys()


def test_units_convert_at_the_door() -> None:
    assert quantities.convert([120.0, -5.0], "cm", "water-level").tolist() == [1.2, -0.05]
    assert quantities.convert(0.0, "K", "air-temperature") == pytest.approx(-273.15)
    with pytest.raises(Invalid):
        quantities.convert(1.0, "kg", "rain")
    with pytest.raises(Missing):
        quantities.quantity("no-such-quantity")


def test_an_operator_adds_and_replaces_quantities(write: Write) -> None:
    path = write(
        "quantities/own.toml",
        '[noise]\ntitle = "噪声"\ntitle_en = "Noise"\nunit = "dB"\ndecimals = 1\nkind = "level"\n'
        'source = "本单位"\nconfidence = "O"\n',
    )
    codes.overlay(path.parent.parent)
    found = quantities.quantity("noise")
    assert (found.low, found.hazards) == (None, ())
    assert quantities.get("rain") is not None


def test_a_wrong_unit_is_refused_with_its_place(write: Write) -> None:
    path = write(
        "quantities/own.toml",
        '[noise]\ntitle = "噪声"\ntitle_en = "Noise"\nunit = "bel"\ndecimals = 1\nkind = "level"\n'
        'source = "本单位"\nconfidence = "O"\n',
    )
    codes.overlay(path.parent.parent)
    with pytest.raises(Invalid, match=r"own\.toml"):
        quantities.quantities()
