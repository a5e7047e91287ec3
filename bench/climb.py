"""Climbing: 20,000 obligations due at once among a million open ones, and an idle tick."""

import statistics
import time
from datetime import date, timedelta
from typing import Any

from django.db import transaction

POSTGRES = True

OPEN, DUE, ROUNDS = 1_000_000, 20_000, 5
VILLAGES, TOWNS = 200, 14


def run() -> dict[str, Any]:
    posts = _county()
    _owe(posts)
    due = [_climb_due() for _ in range(ROUNDS)]
    idle = [_idle() for _ in range(200)]
    ladder = _whole_ladder(posts)
    return {
        "figures": {
            "due_20k_s": round(statistics.median(due), 3),
            "idle_tick_ms": round(statistics.median(idle) * 1000, 3),
            "ladder_20k_3h_s": round(ladder, 2),
        },
        "settings": {
            "open": OPEN,
            "due": DUE,
            "rounds_s": [round(value, 3) for value in due],
            "idle_max_ms": round(max(idle) * 1000, 3),
        },
    }


def _row(**values: Any) -> dict[str, Any]:
    from anlan.kernel import clock

    now = clock.now()
    return {"created_at": now, "changed_at": now, "changed_by": "system:bench", **values}


def _county() -> list[tuple[str, str]]:
    """Make villages with a head, a deputy and a stationed cadre each, and township duty rooms."""
    from anlan.base.people.models import Holding, Person, Post, Unit
    from anlan.base.regions.models import Region
    from anlan.kernel.ids import new_id

    Region.objects.create(code="330000000000", name="省", level=1)
    Region.objects.create(code="339900000000", name="市", level=2, parent_id="330000000000")
    Region.objects.create(code="339901000000", name="县", level=3, parent_id="339900000000")
    heads = []
    for town in range(TOWNS):
        code = f"339901{town + 100:03d}000"
        Region.objects.create(code=code, name=f"镇{town}", level=4, parent_id="339901000000")
        unit = Unit.objects.create(**_row(code=code, name=code, kind="township", region_id=code))
        Post.objects.create(
            **_row(code=f"D{code}", title="值班", unit=unit, role="duty-officer", region_id=code)
        )
    for number in range(VILLAGES):
        town = f"339901{number % TOWNS + 100:03d}000"
        code = f"{town[:9]}{number // TOWNS + 200:03d}"
        Region.objects.create(
            code=code, name=f"村{number}", level=5, parent_id=town,
            lon=121.5 + number / 1000, lat=28.4,
        )  # fmt: skip
        unit = Unit.objects.create(**_row(code=code, name=code, kind="village", region_id=code))
        for role in ("village-head", "stationed-cadre"):
            post = Post.objects.create(
                **_row(code=f"{role}{code}", title=role, unit=unit, role=role, region_id=code)
            )
            for rank in "AB":
                key = new_id()
                person = Person.objects.create(
                    **_row(id=key, code=key, unit=unit, region_id=code, name="")
                )
                Holding.objects.create(
                    **_row(
                        post=post, person=person, rank=rank, since=date(2020, 1, 1), region_id=code
                    )
                )
            if role == "village-head":
                heads.append((post.pk, code))
    return heads


def _owe(posts: list[tuple[str, str]]) -> None:
    """Fill the table with open obligations, none of them due for a day."""
    from anlan.base.obligations.models import Obligation
    from anlan.kernel import clock

    now = clock.now()
    for start in range(0, OPEN, 20_000):
        rows = [
            Obligation(
                kind="notice", title="测速", region_id=posts[i % len(posts)][1],
                debtor_id=posts[i % len(posts)][0], ladder="urgent-notice", issued_at=now,
                issued_by="system:bench", climb_at=now + timedelta(days=1, seconds=i % 3600),
                answer_due=now + timedelta(days=2), lapse_at=now + timedelta(days=2),
                case="" if i % 2 else "BENCH",
            )
            for i in range(start, start + 20_000)
        ]  # fmt: skip
        with transaction.atomic():
            Obligation.objects.bulk_create(rows, batch_size=1000)


def _make_due() -> None:
    from anlan.base.obligations.models import Obligation
    from anlan.kernel import clock

    ids = Obligation.objects.filter(climb_at__gt=clock.now()).order_by("id")
    chosen = list(ids.values_list("pk", flat=True)[:DUE])
    for start in range(0, DUE, 1000):
        Obligation.objects.filter(pk__in=chosen[start : start + 1000]).update(climb_at=clock.now())


def _climb_due() -> float:
    from anlan.base.obligations.services import climb_due

    _make_due()
    began = time.perf_counter()
    moved = climb_due()
    spent = time.perf_counter() - began
    assert moved >= DUE, moved
    return spent


def _idle() -> float:
    from anlan.base.obligations.services import climb_due, lapse_due

    began = time.perf_counter()
    assert climb_due() + lapse_due() == 0
    return time.perf_counter() - began


def _whole_ladder(posts: list[tuple[str, str]]) -> float:
    """Owe 20,000 at one moment and climb their whole ladder over three simulated hours."""
    from anlan.base.obligations.models import Obligation
    from anlan.base.obligations.services import Debt, climb_due, lapse_due, owe_many
    from anlan.base.permissions.actor import system
    from anlan.kernel import clock

    Obligation.objects.filter(climb_at__isnull=False).update(climb_at=None)
    real = clock.now
    start = real()
    shift = timedelta()
    clock.now = lambda: start + shift
    try:
        debts = [
            Debt(
                kind="notice", title="测速", debtor=posts[i % len(posts)][0],
                region=posts[i % len(posts)][1], case="LADDER", ladder="urgent-notice",
            )
            for i in range(DUE)
        ]  # fmt: skip
        began = time.perf_counter()
        owe_many(debts=debts, by=system("bench"))
        for minute in range(181):
            shift = timedelta(minutes=minute)
            climb_due()
            lapse_due()
        return time.perf_counter() - began
    finally:
        clock.now = real
