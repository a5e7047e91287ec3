"""The storm at hand as its newest bulletin tells it, past errors, and where its wind is wanted."""

import numpy as np

from anlan import codes
from anlan.base.regions.models import Level, Region
from anlan.forecast.adapters.shapes import Floats, PastErrors, Path, Place, plain
from anlan.forecast.selectors.gathering.asking import Asking, Gathered
from anlan.forecast.selectors.storms import ERRORS, forecast_of, newest, preceded, unchecked_errors
from anlan.sense.models import Station, Stream

HOUR = 3_600_000
WANTED = {"wind-speed": "wind", "tide-level": "wind", "rain": "rain"}


def track(asking: Asking) -> Gathered | None:
    """Take the way ahead from the newest bulletin of the run's storm, or of the newest storm."""
    row = newest(asking.run.storm, asking.run.based_at)
    if row is None:
        return None
    wanted = str(asking.input.options.get("agency", "中国"))
    found = forecast_of(row, asking.based_ms, wanted)
    if found is None:
        return None
    way, note = found
    issued = int(way.times[0])
    way = preceded(
        way, row, issued - round(float(asking.input.options.get("past_hours", 0)) * HOUR)
    )
    path = Path(
        number=way.number, name=way.name, agency=way.agency,
        times=tuple(int(one) for one in way.times),
        lon=tuple(round(float(one), 4) for one in way.lon),
        lat=tuple(round(float(one), 4) for one in way.lat),
        wind=plain(way.wind, 2), pressure=plain(way.pressure, 2), radii=_circles(way.radii),
    )  # fmt: skip
    notes = (*((note,) if note else ()), *way.mended)
    return Gathered(path, newest=issued, notes=notes, storm=row.storm)


def _circles(radii: Floats) -> tuple[tuple[tuple[float | None, ...], ...], ...]:
    if not np.isfinite(radii).any():
        return ()
    return tuple(tuple(plain(row, 1) for row in moment) for moment in radii)


def errors(asking: Asking) -> Gathered | None:  # noqa: ARG001 - the same for every run
    """Read the table of past errors; figures that nobody checked are told with it."""
    hours, distance, wind = [], [], []
    for row in codes.table(ERRORS):
        told = row.number("hours"), row.number("distance"), row.number("wind")
        if told[0] is not None and told[1] is not None and told[2] is not None:
            hours.append(float(told[0]))
            distance.append(float(told[1]))
            wind.append(float(told[2]))
    if len(hours) < 2:
        return None
    shape = PastErrors(hours=tuple(hours), distance=tuple(distance), wind=tuple(wind))
    return Gathered(shape, notes=unchecked_errors())


def places(asking: Asking) -> Gathered | None:
    """List stations that measure wind, tide or rain, and townships by their seats and villages."""
    streams = Stream.objects.filter(asking.inside(), quantity__in=WANTED, retired_at=None)
    wants: dict[str, set[str]] = {}
    for station, quantity in streams.values_list("station", "quantity"):
        wants.setdefault(station, set()).add(WANTED[quantity])
    stations = Station.objects.filter(
        pk__in=wants, retired_at=None, lon__isnull=False, lat__isnull=False
    ).order_by("code")
    found = [
        Place(
            of="station", code=row.code, lon=float(row.lon or 0.0), lat=float(row.lat or 0.0),
            wants=tuple(sorted(wants[row.pk])),
        )
        for row in stations
    ]  # fmt: skip
    towns = Region.objects.filter(
        asking.inside("code"), level=Level.TOWN, valid_to=None, lon__isnull=False
    ).order_by("code")
    found += [
        Place(of="region", code=row.code, lon=float(row.lon or 0.0), lat=float(row.lat or 0.0))
        for row in towns
    ]
    known = {row.code for row in towns}
    villages = Region.objects.filter(
        asking.inside("code"), level=Level.VILLAGE, valid_to=None, lon__isnull=False
    ).order_by("code")
    found += [
        Place(
            of="region", code=row.code, lon=float(row.lon or 0.0), lat=float(row.lat or 0.0),
            within=str(row.parent_id),
        )
        for row in villages
        if row.parent_id in known
    ]  # fmt: skip
    return Gathered(tuple(found)) if found else None
