"""Vector tiles of a register of 100,000 rows, as a township and a county; the map's first view."""

import random
import statistics
import time
from typing import Any

from anlan.kernel import workspace
from bench._view import first_view

ROWS = 100_000
ROUNDS = 5
#: A county of about 60 km by 55 km.
WEST, SOUTH, EAST, NORTH = 121.3, 28.1, 121.9, 28.6
ZOOMS = range(7, 17)
PER_ZOOM = 20


def run() -> dict[str, Any]:
    """Fill a register, then ask for tiles nobody has asked for before."""
    chance = random.Random(1)
    prefixes = _fill(chance)
    client = _client("339901")
    started = time.perf_counter()
    _ask(client, 7, 121.6, 28.4)
    first = time.perf_counter() - started
    cold, sizes = [], []
    for _ in range(ROUNDS):
        clients = [_client("339901"), _client(chance.choice(prefixes))]
        for zoom in ZOOMS:
            for _ in range(PER_ZOOM // len(clients)):
                for asked in clients:
                    _forget_tiles()
                    seconds, size = _ask(asked, zoom, *_place(chance))
                    cold.append(seconds * 1000)
                    sizes.append(size)
    warm = [_ask(client, 10, 121.6, 28.4)[0] * 1000 for _ in range(200)]
    edited = _edits(client, chance)
    view = first_view(workspace.directory())
    return {
        "figures": {
            "tile_p95_ms": _quantile(cold, 95),
            "tile_p50_ms": _quantile(cold, 50),
            "tile_max_ms": round(max(cold), 2),
            "tile_kept_p95_ms": _quantile(warm, 95),
            "tile_after_edit_p95_ms": _quantile(edited, 95),
            "first_tile_s": round(first, 3),
            "tile_max_kb": round(max(sizes) / 1024, 1),
            **view["figures"],
        },
        "settings": {
            "rows": ROWS,
            "tiles": len(cold),
            "zooms": f"{min(ZOOMS)}-{max(ZOOMS)}",
            **view["settings"],
        },
    }


def _quantile(values: list[float], percent: int) -> float:
    return round(statistics.quantiles(values, n=100)[percent - 1], 2)


def _fill(chance: random.Random) -> list[str]:
    from django.db import transaction

    from anlan.base.places.models import Shelter
    from anlan.base.regions.models import Region
    from anlan.kernel import clock

    towns = [f"3399011{number:02d}" for number in range(1, 15)]
    Region.objects.create(code="339901000000", name="云屿县", level=3)
    for town in towns:
        Region.objects.create(code=f"{town}000", name="某镇", level=4, parent_id="339901000000")
    now = clock.now()
    for start in range(0, ROWS, 1_000):
        with transaction.atomic():
            Shelter.objects.bulk_create(
                _shelter(chance, towns, n, now) for n in range(start, start + 1_000)
            )
    return towns


def _shelter(chance: random.Random, towns: list[str], number: int, now: Any) -> Any:
    from anlan.base.places.models import Shelter

    lon, lat = _place(chance)
    return Shelter(
        code=f"S{number:06d}", name=f"第{number}号避灾安置场所", level="village", stay="short",
        status=chance.choice(["idle", "open"]), region_id=f"{chance.choice(towns)}000", lon=lon,
        lat=lat, created_at=now, changed_at=now, changed_by="system:bench", capacity=100,
    )  # fmt: skip


def _place(chance: random.Random) -> tuple[float, float]:
    """Half of the places lie in six small towns, as people do."""
    if chance.random() < 0.5:
        return chance.uniform(WEST, EAST), chance.uniform(SOUTH, NORTH)
    town = chance.randrange(6)
    lon, lat = WEST + 0.05 + 0.1 * town, SOUTH + 0.1 + 0.3 * (town % 2)
    return chance.gauss(lon, 0.01), chance.gauss(lat, 0.01)


def _client(prefix: str) -> Any:
    from django.test import Client

    from anlan.base.permissions import system
    from anlan.base.permissions.models import Grant, User
    from anlan.base.permissions.services.tokens import create_token
    from anlan.kernel import clock
    from anlan.kernel.ids import new_id

    role = "township" if len(prefix) > 6 else "duty-officer"
    user = User.objects.create(username=new_id(), name="bench", region=prefix.ljust(12, "0"))
    Grant.objects.create(user=user, role=role, prefix=prefix, by="bench", at=clock.now())
    text, _ = create_token(user=user, name="bench", expires=None, by=system("bench"))
    return Client(headers={"authorization": f"Bearer {text}", "accept-encoding": "gzip"})


def _ask(client: Any, zoom: int, lon: float, lat: float) -> tuple[float, int]:
    from anlan.engines.geo.tiles import project

    x, y = (int(float(part) * 2**zoom) for part in project(lon, lat))
    started = time.perf_counter()
    answer = client.get(f"/api/v1/tiles/shelters/{zoom}/{x}/{y}.mvt")
    seconds = time.perf_counter() - started
    if answer.status_code not in (200, 204):
        raise RuntimeError(answer.content)
    return seconds, len(answer.content)


def _forget_tiles() -> None:
    from anlan.base.basemap import tiles

    tiles.forget()


def _edits(client: Any, chance: random.Random) -> list[float]:
    """Time the first tile after each edit of a row."""
    from anlan.base.permissions import system
    from anlan.base.places.models import Shelter
    from anlan.base.register import layers
    from anlan.base.register.registry import REGISTERS
    from anlan.base.register.services import save_row

    rows = list(Shelter.objects.values_list("id", flat=True)[:100])
    taken = []
    for row in rows:
        values = {"occupied": chance.randrange(90), "status": "open"}
        save_row(entry=REGISTERS["shelters"], values=values, row_id=row, by=system("bench"))
        layers.CHANGES.look_now()
        taken.append(_ask(client, 10, *_place(chance))[0] * 1000)
    return taken
