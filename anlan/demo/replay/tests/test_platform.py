"""The department's platform tells in pages what had reached it by the end of the time asked for."""

import json
from pathlib import Path

import numpy as np
import pytest

from anlan.demo.days import filed
from anlan.demo.days.recording import About, Recording, in_ms, moment, ordered
from anlan.demo.replay.far_side import declare
from anlan.demo.replay.platform import FORM, Holdings
from anlan.demo.replay.senders import dismiss, start
from anlan.gateways.sources.declaration import read_text
from anlan.kernel import clock

START = 1_565_000_400_000
MINUTE = 60_000


def recording() -> Recording:
    about = About("storm", "", "", START, START + 60 * MINUTE)
    time = START + np.arange(1, 11, dtype=np.int64) * 5 * MINUTE
    columns = {
        "stream": np.repeat(np.array([0, 1], np.int32), 10),
        "time": np.concatenate([time, time]),
        "value": np.arange(20, dtype=np.float64),
        # The last value of the first stream is kept for half an hour.
        "sent": np.concatenate([time, time]) + 2000 + np.where(np.arange(20) == 9, 30 * MINUTE, 0),
        "again": np.zeros(20, bool),
    }
    return ordered(about, ("CW001-T", "YL001-P"), columns)


def ask(
    holdings: Holdings, first: int, last: int, page: int = 1, size: int = 4
) -> dict[str, object]:
    spelt = [clock.local(moment(at)).strftime(FORM) for at in (first, last)]
    return holdings.page(
        {"startTime": spelt[0], "endTime": spelt[1], "pageNo": str(page), "pageSize": str(size)}
    )


def test_it_tells_its_own_streams_in_pages_and_nothing_that_had_not_come_yet() -> None:
    holdings = Holdings(recording(), {"CW001-T": "m"})
    last = START + 50 * MINUTE + 5000
    told = ask(holdings, START, last)["data"]
    assert isinstance(told, dict)
    assert told["total"] == 9
    assert [row["Z"] for row in told["list"]] == [0.0, 1.0, 2.0, 3.0]
    assert told["list"][0]["STCD"] == "CW001"
    third = ask(holdings, START, last, page=3)["data"]
    assert isinstance(third, dict)
    assert len(third["list"]) == 1
    later = ask(holdings, START, START + 90 * MINUTE)["data"]
    assert isinstance(later, dict)
    assert later["total"] == 10


@pytest.mark.parametrize("asked", [{}, {"startTime": "x", "endTime": "y"}])
def test_what_it_cannot_read_it_says_so(asked: dict[str, str]) -> None:
    assert Holdings(recording(), {"CW001-T": "m"}).page(asked)["code"] == 400


def test_it_is_a_process_of_its_own_that_ends_with_its_input(tmp_path: Path) -> None:
    path = filed.write(recording(), tmp_path, "storm")
    process = start(
        "anlan.demo.replay.platform", {"recording": str(path), "units": {"CW001-T": "m"}}
    )
    assert process.stdout is not None
    assert process.stdin is not None
    assert process.stdout.readline().startswith("http://127.0.0.1:")
    process.stdin.close()
    dismiss(process)
    assert process.returncode == 0


@pytest.mark.django_db
def test_it_is_declared_as_a_source_like_any_other(tmp_path: Path) -> None:
    from anlan.base.regions.models import Region

    Region.objects.create(code="339901000000", name="云屿县", level=3)
    path = declare(tmp_path, "http://127.0.0.1:1234", enabled=True)
    made = read_text(path.stem, path.read_text(encoding="utf-8"))
    assert made.enabled
    assert made.region.startswith("339901")
    assert made.request.url
    assert json.dumps(made.fields["request"]["query"]).count("{") == 5
    off = declare(tmp_path, "http://127.0.0.1:9", enabled=False)
    assert not read_text(off.stem, off.read_text(encoding="utf-8")).enabled
    assert in_ms(moment(START)) == START
