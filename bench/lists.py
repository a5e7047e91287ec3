"""Lists and creates over HTTP: a register of a million rows, two web processes, load included.

`p95_ms` is the 95th percentile over filters, orders and pages of rescue teams, asked one after
another in a shuffled order; `list_per_s` counts pages of 50 teams of a township; `create_per_s`
teams checked, saved and journalled; `list_computed_per_s` the same page of shelters, whose four
computed columns (free places, keepers, up to standard) are reckoned for every answer. The settings
tell each question apart, and what has no index to help it: searching inside words, odd orders.
"""

import itertools
import json
import math
import os
import random
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from anlan.project.supervisor.claim import bind
from bench._load import Result, get, load, post

POSTGRES = True

ROWS = int(os.environ.get("ANLAN_BENCH_ROWS", "1000000"))
ROUNDS = int(os.environ.get("ANLAN_BENCH_ROUNDS", "5"))
SECONDS = float(os.environ.get("ANLAN_BENCH_SECONDS", "5"))
CONNECTIONS = 16
COUNTY = "339901000000"
TOWNS = [f"339901{100 + number:03d}000" for number in range(14)]
VILLAGES = [f"{town[:9]}{200 + number:03d}" for town in TOWNS for number in range(15)]

#: Every kind of question a list answers: plain, far pages, below a region, filters, orders, boxes.
QUESTIONS = (
    "",
    "?page=2",
    "?page=200",
    f"?page={max(1, ROWS // 50)}",
    f"?region={TOWNS[3]}",
    f"?region={TOWNS[3]}&page=400",
    f"?region={VILLAGES[77]}",
    "?kind=grassroots",
    "?kind=social&page=50",
    f"?status=standby&region={TOWNS[9]}",
    "?kind=social,professional&status=deployed",
    f"?kind=social&status=deployed&region={VILLAGES[5]}",
    "?sort=name",
    "?sort=-members&page=20",
    "?sort=name&kind=social&page=3",
    f"?sort=name&region={TOWNS[5]}",
    f"?sort=-members&region={VILLAGES[40]}",
    "?bbox=121.50,28.40,121.52,28.42",
    f"?bbox=121.50,28.40,121.60,28.50&kind=social&region={TOWNS[2]}",
    "?size=500",
)
#: What no index helps: words inside names, and an order nobody declared.
HARD = ("?q=T0777777", "?q=救援队 77", "?sort=-response")
PAGE = "/api/v1/registers/teams"
COMPUTED = "/api/v1/registers/shelters"


def run() -> dict[str, Any]:
    """Seed, serve, ask."""
    token = seed()
    with serving() as port:
        warm(port, token)
        took = ask_all(port, token, QUESTIONS, times=20)
        hard = ask_all(port, token, HARD, times=5)
        rounds: dict[str, list[Result]] = {"list": [], "create": [], "list_computed": []}
        deeds = {
            "list": lister(token, PAGE),
            "create": creator(token, itertools.count()),
            "list_computed": lister(token, COMPUTED),
        }
        for _ in range(ROUNDS):
            for name, deed in deeds.items():
                rounds[name].append(load(port, deed, connections=CONNECTIONS, seconds=SECONDS))
    return {
        "figures": {
            "p95_ms": p95([one for many in took.values() for one in many]),
            **{f"{name}_per_s": median(results) for name, results in rounds.items()},
        },
        "settings": {
            "rows": ROWS,
            "rounds": ROUNDS,
            "connections": CONNECTIONS,
            "web_processes": 2,
            "p95_ms_by_question": {question: p95(many) for question, many in took.items()},
            "p95_ms_without_index": {question: p95(many) for question, many in hard.items()},
            "by_round": {
                name: [spread(one) for one in results] for name, results in rounds.items()
            },
        },
    }


def median(results: list[Result]) -> float:
    """Take the middle round."""
    return round(statistics.median(result.per_s for result in results), 1)


def spread(result: Result) -> dict[str, float]:
    """Show one round."""
    return {
        "per_s": round(result.per_s, 1),
        "p50_ms": result.p50_ms,
        "p95_ms": result.p95_ms,
        "failed": result.failed,
        "load_cpu": result.cpu_share,
    }


def lister(token: str, page: str) -> Any:
    """Ask for the first page of one township after another."""
    requests = itertools.cycle([get(f"{page}?region={town}&size=50", token) for town in TOWNS])
    return requests.__next__


def creator(token: str, numbers: Iterator[int]) -> Any:
    """Create one team after another."""

    def one() -> bytes:
        number = next(numbers)
        body = {
            "code": f"N{number:07d}",
            "name": f"新建救援队 {number}",
            "region": VILLAGES[number % len(VILLAGES)],
            "kind": "grassroots",
            "skills": ["flood", "evacuation"],
            "members": 20,
            "response": 15.0,
            "lon": 121.6,
            "lat": 28.4,
        }
        return post(PAGE, token, json.dumps(body).encode())

    return one


def ask_all(
    port: int, token: str, questions: tuple[str, ...], *, times: int
) -> dict[str, list[float]]:
    """Ask every question so many times, alone and in a shuffled order; milliseconds by question."""
    order = [question for question in questions for _ in range(times)]
    random.Random(3).shuffle(order)
    took: dict[str, list[float]] = {question: [] for question in questions}
    for question in order:
        url = f"http://127.0.0.1:{port}{PAGE}{quoted(question)}"
        begun = time.perf_counter()
        ask(url, token)
        took[question].append((time.perf_counter() - begun) * 1000)
    return took


def p95(took: list[float]) -> float:
    """Tell the 95th percentile."""
    ordered = sorted(took)
    return round(ordered[max(0, math.ceil(len(ordered) * 0.95) - 1)], 1)


def quoted(question: str) -> str:
    """Write Chinese words as an address may hold them."""
    return urllib.request.quote(question, safe="?&=,-")


def ask(url: str, token: str) -> bytes:
    """Ask once; an answer that is no list fails the benchmark."""
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request) as answer:
        return bytes(answer.read())


def warm(port: int, token: str) -> None:
    """Wait until both processes answer, and let them read what they read once."""
    url = f"http://127.0.0.1:{port}{PAGE}?size=1"
    until = time.monotonic() + 60
    while True:
        try:
            for _ in range(20):
                ask(url, token)
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)
        else:
            return


@contextmanager
def serving() -> Iterator[int]:
    """Run two web processes on inherited sockets, and a worker, as the supervisor does."""
    listeners = bind("127.0.0.1", 0, doors=2)
    port, doors = listeners[0].getsockname()[1], [one.fileno() for one in listeners]
    anlan = [sys.executable, "-m", "anlan.project"]
    serve = [*anlan, "serve", "--port", str(port)]
    commands = [
        *([*serve, "--worker", str(number), "--fd", str(fd)] for number, fd in enumerate(doors)),
        [*anlan, "work"],
    ]
    children = [
        subprocess.Popen(  # our own commands
            command, pass_fds=doors, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL
        )
        for command in commands
    ]
    try:
        yield port
    finally:
        for child in children:
            child.terminate()
        for child in children:
            child.wait(15)
        for listener in listeners:
            listener.close()


def seed() -> str:
    """Make the regions, the rows and a user of the county; return an API token."""
    from django.db import connection

    from anlan.base.permissions import system
    from anlan.base.permissions.services import accounts, grants, tokens
    from anlan.base.regions.models import Region

    by = system("bench")
    levels = [(COUNTY, "云屿县", 3, None)]
    levels += [(code, f"乡镇 {code[6:9]}", 4, COUNTY) for code in TOWNS]
    levels += [(code, f"村 {code[6:]}", 5, f"{code[:9]}000") for code in VILLAGES]
    Region.objects.bulk_create(
        [
            Region(code=code, name=name, level=level, parent_id=up)
            for code, name, level, up in levels
        ]
    )
    rows(ROWS)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    user = accounts.create_user(username="bench", name="测速", region=COUNTY, by=by)
    grants.give_grant(user=user, role="section", region=COUNTY, by=by)
    return tokens.create_token(user=user, name="bench", by=by)[0]


def rows(count: int) -> None:
    """Insert teams and shelters directly: the seed is not what is measured."""
    from anlan.base.places.models import Shelter
    from anlan.resources.models import Team

    chance = random.Random(7)
    kinds, states = ("grassroots", "social", "professional"), ("standby", "deployed", "resting")
    insert(Team, count, chance, lambda number: {
        "code": f"T{number:07d}", "name": f"救援队 {number}", "kind": chance.choice(kinds),
        "skills": ["flood"], "members": chance.randrange(5, 200), "status": chance.choice(states),
        "response": float(chance.randrange(5, 60)),
    })  # fmt: skip
    insert(Shelter, min(count, 100_000), chance, lambda number: {
        "code": f"S{number:07d}", "name": f"安置点 {number}", "level": "village", "stay": "short",
        "space": "indoor", "capacity": chance.randrange(50, 2000), "occupied": 0,
    })  # fmt: skip


def insert(model: Any, count: int, chance: random.Random, values: Any) -> None:
    """Insert rows of a located register somewhere in the county: some anew, then copies of them."""
    from django.db import connection

    from anlan.engines.geo.cells import cell_of
    from anlan.kernel import clock

    now = clock.now()
    same = {"created_at": now, "changed_at": now, "changed_by": "system:bench", "reviewed_at": now}
    first = min(count, 5000)
    batch = []
    for number in range(first):
        lon, lat = round(chance.uniform(121.2, 122.0), 5), round(chance.uniform(28.1, 28.7), 5)
        place = {"lon": lon, "lat": lat, "cell": cell_of(lon, lat)}
        batch.append(model(region_id=chance.choice(VILLAGES), **values(number), **place, **same))
    model.objects.bulk_create(batch)
    table = connection.ops.quote_name(model._meta.db_table)
    fields = [field.column for field in model._meta.concrete_fields]
    names = ", ".join(connection.ops.quote_name(field) for field in fields)
    for copy in range(1, count // first):
        # Another id and code; a name of its own, so that the order by name is not one long tie.
        changed = {
            "id": f"'{copy:06d}' || substr(id, 7)",
            "code": f"substr(code, 1, 1) || '{copy:05d}' || substr(code, 5)",
            "name": f"name || '-{copy}'",
        }
        picked = ", ".join(changed.get(field, connection.ops.quote_name(field)) for field in fields)
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {table} ({names}) SELECT {picked} FROM {table}"
                " WHERE id >= %s",  # copies' ids begin with less
                [batch[0].pk],
            )
