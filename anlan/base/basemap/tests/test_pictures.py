import pytest

from anlan.base.basemap.pictures import parse
from anlan.kernel.errors import Invalid

ONE = '[[map.raster]]\nkey = "a"\ntitle = "影像"\nurl = "https://map.example/{z}/{x}/{y}.jpg"\n'


def test_the_operators_raster_maps_are_read() -> None:
    (picture,) = parse(ONE)
    assert picture.described()["title_en"] == "影像"
    assert (picture.tile_size, picture.origin) == (256, "https://map.example")


def test_the_operators_key_opens_tianditu() -> None:
    found = parse('[map]\ntianditu_key = "abc"\n')
    assert [one.key for one in found] == [
        "tianditu-vec", "tianditu-cva", "tianditu-img", "tianditu-ter"
    ]  # fmt: skip
    assert found[0].url.endswith("T=vec_w&x={x}&y={y}&l={z}&tk=abc")


def test_no_settings_are_no_raster_maps() -> None:
    assert parse("") == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[map", "无法读取"),
        ('[[map.raster]]\nkey = "a"\n', "title"),
        (ONE.replace("{z}", "z"), "第 1 个"),
        (ONE.replace("https", "ftp"), "http"),
        (ONE + ONE, "重复"),
        (ONE + 'colour = "red"\n', "可有"),
    ],
)
def test_wrong_settings_are_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(Invalid, match=reason):
        parse(text)
