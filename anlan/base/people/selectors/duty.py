"""The watch rota: who sits where on which day, and who sits there now."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q

from anlan import codes
from anlan.base.people.models import DutyShift, Unit
from anlan.base.people.selectors.holders import names_of
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import condition
from anlan.kernel import clock
from anlan.kernel.errors import Invalid

#: A rota is read at most this many days at a time.
MOST_DAYS = 62
SEATS = ("lead", "officer", "deputy")


@dataclass(frozen=True, slots=True)
class Watch:
    """One watch that is being kept: ids of persons, None for an empty seat."""

    unit: str
    region: str
    shift: str
    begins: datetime
    ends: datetime
    lead: str | None
    officer: str | None
    deputy: str | None

    def persons(self) -> list[str]:
        """List who is there: whoever answers the telephone first."""
        return [one for one in (self.officer, self.lead, self.deputy) if one]


def span(day: date, shift: str) -> tuple[datetime, datetime]:
    """Tell when a watch begins and ends; an end not after the beginning is on the next day."""
    row = codes.table("duty-shifts")[shift]
    start, end = (time.fromisoformat(row.text(column) or "00:00") for column in ("start", "end"))
    begins = datetime.combine(day, start, clock.LOCAL_ZONE)
    ends = datetime.combine(day if end > start else day + timedelta(days=1), end, clock.LOCAL_ZONE)
    return begins, ends


def on_duty(
    *, units: Collection[str] = (), regions: Iterable[str] = (), at: datetime | None = None
) -> list[Watch]:
    """List the watches kept at an instant (now) by units, or by the units of regions (exact codes).

    Where several are kept at once (whole day and night), the one that began last comes first.
    """
    now = at or clock.now()
    day = clock.local(now).date()
    where = Q(unit__in=list(units)) | Q(region__in=list(regions))
    rows = DutyShift.objects.filter(
        where, date__gte=day - timedelta(days=2), date__lte=day, retired_at=None
    ).values_list("unit_id", "region_id", "shift", "date", "lead_id", "officer_id", "deputy_id")
    kept = []
    for unit, region, shift, begun, *seats in rows:
        begins, ends = span(begun, shift)
        if begins <= now < ends:
            kept.append(Watch(unit, region, shift, begins, ends, *seats))
    return sorted(kept, key=lambda watch: watch.begins, reverse=True)


def on_duty_persons(regions: Iterable[str], at: datetime | None = None) -> set[str]:
    """List everybody on watch in regions (exact codes) at an instant (now)."""
    return {person for watch in on_duty(regions=regions, at=at) for person in watch.persons()}


def rota(actor: Actor, first: date, last: date, unit: str = "") -> list[dict[str, Any]]:
    """List the watches of some days that the actor may see, names told, empty seats as None.

    Days without any row are gaps too: each unit that keeps a rota in this time shows every day.
    """
    if not 0 <= (last - first).days <= MOST_DAYS:
        raise Invalid(f"起止日期应为 1 至 {MOST_DAYS} 天", errors={"to": ["日期范围不对"]})
    seen = condition(actor, "duty.view")
    rows = DutyShift.objects.filter(date__range=(first, last), retired_at=None)
    if seen is not None:
        rows = rows.filter(seen) if seen else rows.none()
    if unit:
        rows = rows.filter(unit=unit)
    found = list(
        rows.select_related("unit").order_by("unit__region_id", "unit_id", "date", "shift")
    )
    names = names_of({pk for row in found for pk in _seats(row).values() if pk})
    shown = [_shown(row, names) for row in found]
    return [*shown, *_missing(found, first, last)]


def _seats(row: DutyShift) -> dict[str, str | None]:
    return {seat: getattr(row, f"{seat}_id") for seat in SEATS}


def _shown(row: DutyShift, names: dict[str, str]) -> dict[str, Any]:
    begins, ends = span(row.date, row.shift)
    seats = _seats(row)
    return {
        "id": row.pk,
        "version": row.version,
        "unit": row.unit_id,
        "unit_name": row.unit.name,
        "region": row.region_id,
        "duty_phone": row.unit.duty_phone,
        "date": row.date,
        "shift": row.shift,
        "shift_label": codes.table("duty-shifts").name(row.shift),
        "begins": begins,
        "ends": ends,
        "gap": not seats["officer"] or not seats["lead"],
        "note": row.note,
        **{
            seat: {"person": pk, "name": names.get(pk, "")} if pk else None
            for seat, pk in seats.items()
        },
    }


def _missing(found: list[DutyShift], first: date, last: date) -> list[dict[str, Any]]:
    units: dict[str, Unit] = {row.unit_id: row.unit for row in found}
    kept = {(row.unit_id, row.date) for row in found}
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [
        {
            "id": None, "unit": pk, "unit_name": unit.name, "region": unit.region_id,
            "duty_phone": unit.duty_phone, "date": day, "shift": None, "gap": True,
            "lead": None, "officer": None, "deputy": None,
        }
        for pk, unit in units.items()
        for day in days
        if (pk, day) not in kept
    ]  # fmt: skip
