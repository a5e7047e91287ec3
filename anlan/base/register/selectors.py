"""Questions to registers: a page of rows, one row - always within the asker's scope."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial, reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet

from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may, visible
from anlan.base.permissions.selectors import names_of
from anlan.base.register import prepared
from anlan.base.register.columns import Column, by_name, columns
from anlan.base.register.masking import mask
from anlan.base.register.models import Row
from anlan.base.register.registry import REGISTERS, Register
from anlan.base.register.sealing import open_rows, sealed_columns, subject_column
from anlan.base.vault import selectors as vault
from anlan.kernel.errors import Invalid, Missing

MAX_SIZE = 500

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Query:
    """What a list is asked for. `filters` maps column names to accepted values."""

    q: str = ""
    region: str = ""
    bbox: Box | None = None
    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    sort: str = ""
    page: int = 1
    size: int = 50
    retired: bool = False


@dataclass(frozen=True)
class Page:
    """A page of rows as JSON-ready dicts, and how many there are in all."""

    items: list[dict[str, Any]]
    total: int


def rows(entry: Register, actor: Actor, query: Query = Query()) -> "QuerySet[Row]":
    """Narrow a register to what `actor` may see and `query` asks for."""
    found = entry.model._default_manager.filter(retired_at__isnull=not query.retired)
    found = visible(found, actor, entry.action("view"), within=query.region)
    if query.bbox and entry.located:
        west, south, east, north = query.bbox
        inside = {"lat__gte": south, "lat__lte": north, "lon__gte": west, "lon__lte": east}
        found = found.filter(**inside)
    for name, values in query.filters.items():
        found = found.filter(_equal(entry, name, values))
    if query.q.strip():
        found = found.filter(_search(entry, query.q.strip()))
    return found.order_by(*_order(entry, query.sort))


def page(entry: Register, actor: Actor, query: Query) -> Page:
    """Read one page of a list."""
    size = min(max(query.size, 1), MAX_SIZE)
    start = (max(query.page, 1) - 1) * size
    asked = prepared.take_apart(entry, actor, query)
    found = partial(rows, entry, actor, query)
    statement = prepared.find(asked, found, list_names(entry)) if asked else None
    if asked is not None and statement is not None:
        return _prepared_page(entry, statement, asked.values, start, size)
    items = list(found().values(*list_names(entry))[start : start + size])
    # A first page that is not full has counted itself.
    total = len(items) if start == 0 and len(items) < size else found().order_by().count()
    return Page(present(entry, items), total)


def _prepared_page(
    entry: Register, statement: prepared.Statement, values: list[Any], start: int, size: int
) -> Page:
    total = prepared.count(statement, values)
    if start >= total:
        return Page([], total)
    if start < prepared.DEEP:
        return Page(present(entry, prepared.read(statement, values, start, size, total)), total)
    ids = prepared.read_ids(statement, values, start, size, total)
    far = entry.model._default_manager.filter(pk__in=ids).values(*list_names(entry))
    items = {item["id"]: item for item in far}
    return Page(present(entry, [items[pk] for pk in ids if pk in items]), total)


@cache
def list_names(entry: Register) -> list[str]:
    """Name the database columns a list reads, labels of what rows point at included."""
    listed = [column for column in columns(entry) if column.name in entry.listed]
    return [*_base_names(entry), *_names(listed)]


@cache
def _all_names(entry: Register) -> list[str]:
    extra = ["created_at", "changed_at", "changed_by"]
    return [*_base_names(entry), *extra, *_names(columns(entry))]


def _base_names(entry: Register) -> list[str]:
    base = ["id", "version", "region_id", "region__name", "reviewed_at", "retired_at"]
    if entry.located:
        base += ["lon", "lat"]
    subject = subject_column(entry)
    return base if subject in base else [*base, subject]


def _names(wanted: Sequence[Column]) -> list[str]:
    found = []
    for column in wanted:
        if column.computed or column.name in ("region", "lon", "lat"):
            continue
        found.append(column.attname)
        if column.type == "ref":
            found.append(_label_path(column))
    return found


def _label_path(column: Column) -> str:
    target = REGISTERS.get(column.ref) if column.ref else None
    return f"{column.name}__{target.label if target else 'name'}"


def present(
    entry: Register, items: list[dict[str, Any]], *, whole: bool = False
) -> list[dict[str, Any]]:
    """Turn `values()` rows into what the API answers: sealed opened, personal masked, refs named.

    `whole` rows get every computed column, rows of a list those it shows.
    """
    if not items:
        return items
    given = items[0].keys()
    _open_sealed(entry, items, [c for c in sealed_columns(entry) if c.attname in given])
    _name_refs(items, [c for c in columns(entry) if c.type == "ref" and c.attname in given])
    ids = [item["id"] for item in items]
    for name, compute in entry.computed.items():
        if whole or name in entry.listed:
            found = compute.read(ids)
            for item in items:
                item[name] = found.get(item["id"])
    for item in items:
        item["region"] = item.pop("region_id")
        item["region_name"] = item.pop("region__name")
    return items


def _open_sealed(entry: Register, items: list[dict[str, Any]], sealed: Sequence[Column]) -> None:
    for item, values in zip(
        items, open_rows(entry, items, {c.attname for c in sealed}), strict=True
    ):
        item.update(values)
    for name in entry.mask:
        for item in items:
            if name in item:
                item[name] = mask(item[name])


def _name_refs(items: list[dict[str, Any]], refs: Sequence[Column]) -> None:
    for column in refs:
        path = _label_path(column)
        labels = [item.pop(path) for item in items]
        target = REGISTERS.get(column.ref) if column.ref else None
        sealed = target is not None and by_name(target)[target.label].sealed
        if sealed and target is not None:
            pairs = [
                (item[column.attname], {"label": label})
                for item, label in zip(items, labels, strict=True)
                if label
            ]
            opened = iter(_open_pairs(pairs))
            labels = [next(opened)["label"] if label else None for label in labels]
            if target.label in target.mask:
                labels = [mask(label) for label in labels]
        for item, label in zip(items, labels, strict=True):
            item[column.name] = item.pop(column.attname)
            item[f"{column.name}_label"] = label


def _open_pairs(pairs: Sequence[tuple[str, Mapping[str, str]]]) -> list[dict[str, str | None]]:
    from anlan.base.vault.services import open_many

    return open_many(pairs)


def one(entry: Register, actor: Actor, row_id: str) -> dict[str, Any]:
    """Read one row with all its columns; `Missing` when there is none the asker may see."""
    found = prepared.read_one(entry, _all_names(entry), row_id)
    if found is None or not may(actor, entry.action("view"), found["region_id"]):
        raise Missing(f"{entry.title}中没有这一行")
    item = present(entry, [found], whole=True)[0]
    by = item["changed_by"]
    item["changed_by_name"] = actor.name if by == actor.ref else names_of([by]).get(by, by)
    item["masked"] = [name for name in entry.mask if item.get(name)]
    item["rights"] = {
        verb: may(actor, entry.action(verb), item["region"])
        for verb in ("edit", "retire", "unmask")
    }
    return item


def region_of(entry: Register, actor: Actor, row_id: str) -> str:
    """Tell where a row lies; `Missing` when there is none the asker may see."""
    found = visible(entry.model._default_manager.filter(pk=row_id), actor, entry.action("view"))
    region = found.values_list("region_id", flat=True).first()
    if region is None:
        raise Missing(f"{entry.title}中没有这一行")
    return str(region)


def _equal(entry: Register, name: str, values: Sequence[str]) -> Q:
    column = by_name(entry).get(name)
    if column is None or not column.filtered:
        raise Invalid(f"{entry.title}不能按「{name}」筛选")
    if column.type == "bool":
        return Q(**{f"{column.attname}__in": [value in ("1", "true", "True") for value in values]})
    return Q(**{f"{column.attname}__in": list(values)})


def _search(entry: Register, text: str) -> Q:
    parts = []
    sealed: set[str] = set()
    for name in entry.searched:
        column = by_name(entry)[name]
        if column.sealed:
            for kind in getattr(column.field, "index", ()):
                sealed.update(vault.subjects_matching(kind, text))
        else:
            parts.append(Q(**{f"{column.attname}__icontains": text}))
    if sealed:
        parts.append(Q(**{f"{subject_column(entry)}__in": sealed}))
    return reduce(or_, parts) if parts else Q(pk__in=[])


def _order(entry: Register, sort: str) -> list[str]:
    name = sort.lstrip("-")
    if not name:
        # Rows of one place together, then in the order they were made: both are indexed.
        return ["region_id", "id"]
    column = by_name(entry).get(name)
    if column is None or not column.sortable:
        raise Invalid(f"{entry.title}不能按「{name}」排序")
    sign = "-" if sort.startswith("-") else ""
    return [sign + column.attname, sign + "id"]
