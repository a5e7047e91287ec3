"""Households and residents of the demo county, straight into their tables.

A hundred thousand people through forms and journal would take minutes. So they are sealed,
indexed and inserted in bulk; one deed a register tells the journal. A test holds a sample of what
is written here against the register's own validator.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import islice
from typing import Any

from django.db import connection, transaction

from anlan.base.households.models import Household, Resident, Threat
from anlan.base.journal.services import record
from anlan.base.people.models import Post
from anlan.base.permissions.actor import Actor
from anlan.base.places.models import DangerZone, Shelter
from anlan.base.regions import scope
from anlan.base.register.models import Row
from anlan.base.register.registry import REGISTERS
from anlan.base.register.sealing import sealed_columns, subject_column
from anlan.base.vault.services import index_many, seal_many
from anlan.demo.county.model import County
from anlan.demo.sheets import Values
from anlan.demo.writing import Tell
from anlan.engines.geo.cells import cells_of
from anlan.kernel import clock
from anlan.kernel.ids import new_id

#: Rows of one transaction: nobody else writes while a county is loaded for the first time.
BATCH = 5000

Plain = dict[str, str]


class People:
    """Writes the people at risk of a county."""

    def __init__(self, county: County, by: Actor) -> None:
        self._county, self._by = county, by
        self._now = clock.now()

    def write(self, tell: Mapping[str, Tell]) -> dict[str, int]:
        """Write what is missing; returns the rows added by register key."""
        return {
            "households": self._households(tell["households"]),
            "residents": self._residents(tell["residents"]),
            "threats": self._threats(tell["threats"]),
        }

    def _kept(self, region: str) -> dict[str, Any]:
        moment = self._now
        return {
            "id": new_id(), "region_id": region, "created_at": moment, "changed_at": moment,
            "changed_by": self._by.ref, "reviewed_at": moment,
        }  # fmt: skip

    def _households(self, tell: Tell) -> int:
        known = set(Household.objects.values_list("code", flat=True))
        posts, shelters = _ids(Post), _ids(Shelter)
        table = self._county.households
        cells = cells_of(table.lon, table.lat).tolist() if len(table) else []
        rows = (
            (
                dict(
                    **self._kept(scope.normalise(grid)), seal=new_id(), code=code, kind=kind,
                    lon=lon, lat=lat,
                    cell=cell, size=size, structure=structure, floors=floors,
                    helper_id=posts.get(helper), transfer_lead_id=posts.get(lead), stay=stay,
                    shelter_id=shelters.get(shelter), reach=list(reach),
                ),
                _told(head=head, address=address, phone=phone, relatives=relatives),
            )
            for (
                code, kind, _, grid, head, address, lon, lat, size, structure, floors, phone,
                helper, lead, stay, shelter, relatives, _, reach,
            ), cell in zip(table.rows(), cells, strict=True)
            if code not in known
        )  # fmt: skip
        return self._insert("households", rows, len(table) - len(known), tell)

    def _residents(self, tell: Tell) -> int:
        known = set(Resident.objects.values_list("code", flat=True))
        homes = {
            code: (pk, region)
            for code, pk, region in Household.objects.values_list("code", "pk", "region_id")
        }
        table = self._county.residents
        rows = (
            (
                dict(
                    **self._kept(homes[household][1]), code=code, household_id=homes[household][0],
                    sex=sex, birth_year=born, relation=relation, groups=list(groups), away=away,
                ),
                _told(name=name, id_number=number, phone=phone),
            )
            for (code, household, name, sex, born, number, phone, relation, groups, away)
            in table.rows()
            if code not in known
        )  # fmt: skip
        return self._insert("residents", rows, len(table) - len(known), tell)

    def _threats(self, tell: Tell) -> int:
        homes = {
            code: (pk, region)
            for code, pk, region in Household.objects.values_list("code", "pk", "region_id")
        }
        zones = _ids(DangerZone)
        known = set(Threat.objects.values_list("zone_id", "household_id"))
        table = self._county.households
        pairs = [
            (zones[zone], *homes[code])
            for code, within in zip(table.code, table.danger_zones, strict=True)
            for zone in within
            if zone in zones
        ]
        missing = [pair for pair in pairs if pair[:2] not in known]
        rows: Iterator[tuple[Values, Plain]] = (
            (dict(**self._kept(region), zone_id=zone, household_id=home), {})
            for zone, home, region in missing
        )
        return self._insert("threats", rows, len(missing), tell)

    def _insert(
        self, key: str, rows: Iterable[tuple[Values, Plain]], total: int, tell: Tell
    ) -> int:
        entry = REGISTERS[key]
        subject = subject_column(entry)
        kinds = {c.attname: c.field.index for c in sealed_columns(entry) if c.field.index}
        table = _Table(entry.model)
        done = 0
        for batch in _pieces(iter(rows)):
            with transaction.atomic():
                sealed = seal_many([(values[subject], plain) for values, plain in batch])
                table.insert(
                    {**values, **texts} for (values, _), texts in zip(batch, sealed, strict=True)
                )
                index_many([(v[subject], _tokens(kinds, plain)) for v, plain in batch if kinds])
                done += len(batch)
                if done >= total:
                    record(
                        deed=f"{key}.imported", by=self._by, subject=(key, "demo"),
                        region=scope.normalise(self._county.code), facts={"rows": done},
                    )  # fmt: skip
            tell(done, total)
        return done


class _Table:
    """A table that takes rows by the hundred thousand: one statement, no model instances."""

    def __init__(self, model: type[Row]) -> None:
        fields = model._meta.concrete_fields
        names = ", ".join(connection.ops.quote_name(field.column or field.name) for field in fields)
        marks = ", ".join(["%s"] * len(fields))
        self._statement = f"INSERT INTO {model._meta.db_table} ({names}) VALUES ({marks})"  # noqa: S608 - our own names
        self._columns = [(field.attname, field.get_default()) for field in fields]

    def insert(self, rows: Iterable[Values]) -> None:
        """Insert rows given by attribute name; what is not named takes its default."""
        with connection.cursor() as cursor:
            cursor.executemany(
                self._statement,
                [
                    [_stored(row.get(name, default)) for name, default in self._columns]
                    for row in rows
                ],
            )


def _stored(value: Any) -> Any:
    """Turn a value into what both databases take."""
    if isinstance(value, datetime):
        return _moment(value)
    return json.dumps(value) if isinstance(value, list) else value


@lru_cache(maxsize=8)
def _moment(value: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(value)


def _pieces(
    rows: Iterator[tuple[Values, Plain]],
) -> Iterator[Sequence[tuple[Values, Plain]]]:
    while batch := list(islice(rows, BATCH)):
        yield batch


def _tokens(kinds: Mapping[str, Sequence[str]], plain: Plain) -> dict[str, list[str]]:
    """Collect what a row shall be found by: the values of each kind of token."""
    found: dict[str, list[str]] = {}
    for name, own in kinds.items():
        for kind in own:
            found.setdefault(kind, []).extend([plain[name]] if name in plain else [])
    return found


def _told(**values: str | None) -> Plain:
    """Keep what is known of the values to be sealed."""
    return {name: value for name, value in values.items() if value}


def _ids(model: Any) -> dict[str | None, str]:
    return dict(model.objects.values_list("code", "pk"))
