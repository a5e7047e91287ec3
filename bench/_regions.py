"""A national list of regions through `anlan regions import`'s own service: 665,000 rows."""

import csv
import random
from collections.abc import Iterator
from pathlib import Path

PROVINCES = 31
CITIES_EACH, COUNTIES_EACH, TOWNS_EACH = 11, 9, 13.5
VILLAGES = 620_000
SYLLABLES = (
    "云屿石门山水东西南北新大小上下长金龙马河江溪湖海桥口沙田林村头坑岭坪湾塘浦港安平和兴福永吉庆"
)


def national_list(path: Path, *, seed: int = 1) -> int:
    """Write a made-up list of about 665,000 codes and names; tell how many rows."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("code", "name", "lon", "lat", "population", "households"))
        rows = 0
        for row in _regions(random.Random(seed)):
            writer.writerow(row)
            rows += 1
    return rows


def _regions(chance: random.Random) -> Iterator[tuple[object, ...]]:
    towns = round(PROVINCES * CITIES_EACH * COUNTIES_EACH * TOWNS_EACH)
    per_town = VILLAGES / towns
    for province in range(PROVINCES):
        top = f"{11 + province * 2:02d}"
        yield _row(chance, top, "省")
        for city in range(CITIES_EACH):
            middle = f"{top}{city + 1:02d}"
            yield _row(chance, middle, "市")
            for county in range(COUNTIES_EACH):
                lower = f"{middle}{county + 1:02d}"
                yield _row(chance, lower, "县")
                for town in range(int(TOWNS_EACH + chance.random())):
                    code = f"{lower}{town + 100:03d}"
                    yield _row(chance, code, "镇")
                    for village in range(int(per_town + chance.random())):
                        yield _row(chance, f"{code}{village + 200:03d}", "村村民委员会")


def _row(chance: random.Random, code: str, kind: str) -> tuple[object, ...]:
    name = "".join(chance.choices(SYLLABLES, k=2)) + kind
    lon, lat = round(chance.uniform(75, 130), 5), round(chance.uniform(20, 50), 5)
    people = chance.randrange(200, 5000)
    return code.ljust(12, "0"), name, lon, lat, people, people // 3
