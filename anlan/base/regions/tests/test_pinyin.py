import pytest

from anlan.base.regions.pinyin import initials


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("云屿县", "yyx"),
        ("重庆市", "cqs"),
        ("长沙市", "css"),
        ("厦门市", "xms"),
        ("西藏自治区", "xzzzq"),
        ("漯河市", "lhs"),
        ("马尾区", "mwq"),
        ("乐清市", "yqs"),
        ("民乐县", "mlx"),
        ("大埔县", "dbx"),
        ("吐鲁番市", "tlfs"),
        ("番禺区", "pyq"),
        ("第3网格（东）", "d3wgd"),
        ("A区", "aq"),
        ("", ""),
    ],
)
def test_initials_follow_how_places_are_read(name: str, letters: str) -> None:
    assert initials(name) == letters
