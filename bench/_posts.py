"""Twenty thousand posts with a holder and a telephone each, for what is sent to many."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db import transaction

TOWNS, VILLAGES = 14, 200
COUNTY = "339901000000"
CHUNK = 1000


def row(**values: Any) -> dict[str, Any]:
    """Give a register's row what every row has."""
    from anlan.kernel import clock

    now = clock.now()
    return {"created_at": now, "changed_at": now, "changed_by": "system:bench", **values}


def county(posts: int) -> list[tuple[str, str]]:
    """Make a county whose villages share so many posts; returns (post, region) of each."""
    from anlan.base.people.models import Unit

    villages = list(_regions())
    units = [Unit(**row(code=code, name=code, kind="village", region_id=code)) for code in villages]
    with transaction.atomic():
        Unit.objects.bulk_create(units, batch_size=CHUNK)
    made = []
    for start in range(0, posts, CHUNK):
        numbers = range(start, min(start + CHUNK, posts))
        with transaction.atomic():
            made += _chunk([units[number % len(units)] for number in numbers], start)
    return made


def _regions() -> Iterator[str]:
    from anlan.base.regions.models import Region

    above = None
    for code, level in (("330000000000", 1), ("339900000000", 2), (COUNTY, 3)):
        Region.objects.create(code=code, name=code, level=level, parent_id=above)
        above = code
    for town in range(TOWNS):
        code = f"339901{town + 100:03d}000"
        Region.objects.create(code=code, name=f"镇{town}", level=4, parent_id=COUNTY)
    for number in range(VILLAGES):
        town = f"339901{number % TOWNS + 100:03d}000"
        code = f"{town[:9]}{number // TOWNS + 200:03d}"
        Region.objects.create(
            code=code, name=f"村{number}", level=5, parent_id=town,
            lon=121.5 + number / 1000, lat=28.4,
        )  # fmt: skip
        yield code


def _chunk(units: list[Any], start: int) -> list[tuple[str, str]]:
    from anlan.base.people.models import Holding, Person, Phone, Post
    from anlan.base.vault import services as vault
    from anlan.kernel.ids import new_id

    posts, persons, holdings, phones = [], [], [], []
    for number, unit in enumerate(units, start):
        post = Post(
            **row(code=f"P{number}", title=f"责任人{number}", unit=unit, role="village-head",
                  region_id=unit.region_id)
        )  # fmt: skip
        key = new_id()
        posts.append(post)
        persons.append(Person(**row(id=key, code=key, unit=unit, region_id=unit.region_id)))
        holdings.append(
            Holding(
                **row(post=post, person_id=key, rank="A", since=date(2020, 1, 1),
                      region_id=unit.region_id)
            )
        )  # fmt: skip
        phones.append(Phone(**row(person_id=key, rank=1, region_id=unit.region_id)))
    numbers = [(phone.pk, {"number": f"1{start + at:010d}"}) for at, phone in enumerate(phones)]
    for phone, sealed in zip(phones, vault.seal_many(numbers), strict=True):
        phone.number = sealed["number"] or ""
    vault.index_many([(phone, {"phone": [text["number"]]}) for phone, text in numbers])
    for rows in (posts, persons, holdings, phones):
        type(rows[0])._default_manager.bulk_create(rows, batch_size=CHUNK)  # type: ignore[attr-defined]
    return [(post.pk, str(post.region_id)) for post in posts]
