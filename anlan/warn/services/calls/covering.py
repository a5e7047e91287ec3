"""Reading who is not reached: households, as far as the reader may know them; noted each time."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from anlan import codes
from anlan.base.households.models import Household, Resident
from anlan.base.journal.services import record
from anlan.base.people import selectors as people
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may
from anlan.base.regions import selectors as regions
from anlan.base.register.masking import mask
from anlan.base.vault import services as vault
from anlan.kernel import clock
from anlan.warn import deed_names
from anlan.warn.selectors.coverage import (
    REASONS,
    WAYS,
    Covered,
    Judged,
    Tally,
    by_village,
    coverage,
)

NAMES = "households.view"


@dataclass(frozen=True)
class Asked:
    """What coverage is asked for."""

    region: str = ""
    alert: str = ""
    page: int = 1
    size: int = 100


def read_coverage(*, asked: Asked, by: Actor) -> dict[str, Any]:
    """Tell how households are reached, by village, and list those that are not.

    Names are masked as in the register; the list is empty for who may not see households at all.
    That it was read, by whom and which rows, is journalled.
    """
    found = coverage(by, asked.region, asked.alert)
    counts = Tally()
    for one in found.judged:
        counts.add(one)
    missed = [one for one in found.judged if one.standing != "reached"]
    missed.sort(key=lambda one: list(REASONS).index(one.reason))
    start = (max(asked.page, 1) - 1) * asked.size
    shown = [one for one in missed[start : start + asked.size] if may(by, NAMES, one.door.region)]
    if shown:
        _note(asked, shown, by)
    places = by_village(found.judged)
    names = regions.names([*places, *(one.door.region for one in shown), asked.region])
    return {
        "region": asked.region,
        "region_name": names.get(asked.region, ""),
        "counts": counts.told(),
        "ways": _ways(found),
        "places": [
            {"region": code, "name": names.get(code, code), **places[code].told()}
            for code in sorted(places, key=lambda code: -_open(places[code]))
        ],
        "households": _households(shown, names),
        "total": len(missed),
        "page": asked.page,
        "size": asked.size,
        "unknown": _unknown(found),
        "as_of": clock.now(),
    }


def _open(tally: Tally) -> int:
    return tally.households - tally.standings["reached"]


def _ways(found: Covered) -> list[dict[str, Any]]:
    counts = Counter(one.way for one in found.judged)
    loud = sum(one.standing == "unreliable" for one in found.judged)
    return [
        {
            "way": row.code, "label": row.name, "label_en": row.name_en,
            "reliable": bool(row.flag("reliable")),
            "households": counts[row.code] if row.flag("reliable") else loud,
        }
        for row in codes.table(WAYS)
    ]  # fmt: skip


def _unknown(found: Covered) -> list[str]:
    villages, missing = found.unregistered
    if not villages:
        return []
    return [f"{villages} 个村（社区）没有逐户登记，约 {missing} 户不在统计内"]


def _note(asked: Asked, shown: Sequence[Judged], by: Actor) -> None:
    with transaction.atomic():
        record(
            deed=deed_names.CALL["read"], by=by,
            subject=("alert", asked.alert) if asked.alert else ("region", asked.region or "all"),
            region=asked.region, facts={"households": [one.door.id for one in shown]},
            topic=deed_names.TOPIC,
        )  # fmt: skip


def _households(shown: Sequence[Judged], names: Mapping[str, str]) -> list[dict[str, Any]]:
    ids = [one.door.id for one in shown]
    rows = {row.pk: row for row in Household.objects.filter(pk__in=ids)}
    opened = vault.open_many(
        [(rows[pk].seal, {"head": rows[pk].head or None, "address": rows[pk].address or None})
         for pk in ids]
    )  # fmt: skip
    helpers = people.holders_of({one.door.posts[0] for one in shown if one.door.posts})
    special = _special(ids)
    return [
        {
            "id": one.door.id,
            "code": rows[one.door.id].code,
            "region": one.door.region,
            "region_name": names.get(one.door.region, one.door.region),
            "address": texts["address"] or "",
            "name": mask(texts["head"]) or "",
            "helper_name": _holder(helpers, one),
            "reason": one.reason,
            "reason_label": REASONS[one.reason][0],
            "reason_label_en": REASONS[one.reason][1],
            "special": special.get(one.door.id, []),
        }
        for one, texts in zip(shown, opened, strict=True)
    ]


def _holder(helpers: Mapping[str, Sequence[Mapping[str, Any]]], one: Judged) -> str:
    held = helpers.get(one.door.posts[0], []) if one.door.posts else []
    return str(held[0]["name"]) if held else ""


def _special(households: Sequence[str]) -> dict[str, list[str]]:
    """Name the special groups of each household's residents, each once."""
    table = codes.table("special-groups")
    found: dict[str, list[str]] = {}
    rows = Resident.objects.filter(household__in=households, retired_at=None).exclude(groups=[])
    for household, groups in rows.values_list("household_id", "groups"):
        names = found.setdefault(household, [])
        names += [name for group in groups if (name := table[group].name) not in names]
    return found
