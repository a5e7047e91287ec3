"""Stations and streams of a county as rows, for the benchmarks of observations."""

import subprocess
import sys
from typing import Any

from bench.lists import COUNTY, TOWNS, VILLAGES

PER_STATION = 10


def seed(count: int) -> str:
    """Make so many streams, a level each, and a user of the county; return an API token.

    Stream number n, the one observations are stored under, has the code that `code_of` gives.
    Kernels are compiled first, as ``./run`` does: a compiler takes time and memory that are
    nobody's figures.
    """
    subprocess.run([sys.executable, "-m", "anlan.project.compiling"], check=True)
    from anlan.base.permissions import system
    from anlan.base.permissions.services import accounts, grants, tokens
    from anlan.base.regions.models import Region

    by = system("bench")
    places = [(COUNTY, "云屿县", 3, None)]
    places += [(code, f"乡镇 {code[6:9]}", 4, COUNTY) for code in TOWNS]
    places += [(code, f"村 {code[6:]}", 5, f"{code[:9]}000") for code in VILLAGES]
    Region.objects.bulk_create(
        [
            Region(code=code, name=name, level=level, parent_id=up)
            for code, name, level, up in places
        ]
    )
    streams(count)
    user = accounts.create_user(username="bench", name="测速", region=COUNTY, by=by)
    grants.give_grant(user=user, role="section", region=COUNTY, by=by)
    return tokens.create_token(user=user, name="bench", by=by)[0]


def code_of(number: int) -> str:
    """Tell the code of a stream."""
    return f"B{number:06d}"


def streams(count: int) -> None:
    """Insert rows directly: the seed is not what is measured."""
    from django.db import connection

    from anlan.kernel import clock
    from anlan.sense.models import Station, Stream

    now = clock.now()
    same: dict[str, Any] = {
        "created_at": now, "changed_at": now, "changed_by": "system:bench", "reviewed_at": now,
    }  # fmt: skip
    stations = [
        Station(
            code=f"S{place:05d}", name=f"测站 {place}", kind="river",
            region_id=VILLAGES[place % len(VILLAGES)], lon=121.5, lat=28.4, **same,
        )
        for place in range(-(-count // PER_STATION))
    ]  # fmt: skip
    Station.objects.bulk_create(stations, batch_size=500)
    Stream.objects.bulk_create(
        [
            Stream(
                code=code_of(number), number=number, station=stations[number // PER_STATION],
                region_id=stations[number // PER_STATION].region_id, quantity="water-level",
                interval_s=60, levels={"warning": 52.0, "guarantee": 54.0}, **same,
            )
            for number in range(count)
        ],
        batch_size=500,
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
