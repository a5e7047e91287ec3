from pathlib import Path

import pytest

from anlan.kernel.errors import Invalid
from anlan.project.backup.archive import check_room, place_of


@pytest.mark.parametrize("name", ["workspace/../x", "workspace//etc/passwd", "workspace/"])
def test_no_member_leaves_the_target(name: str) -> None:
    with pytest.raises(Invalid):
        place_of(name, "workspace/", Path("/data"))


def test_a_member_goes_below_the_target() -> None:
    assert place_of("workspace/files/ab", "workspace/", Path("/data")) == Path("/data/files/ab")


def test_a_disk_without_room_is_told_beforehand(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="磁盘空间不足"):
        check_room(tmp_path, 2**60)
