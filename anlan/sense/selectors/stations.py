"""Questions about stations: how many streams, how many alarms."""

from collections.abc import Sequence

from django.db.models import Count

from anlan.sense.models import Alarm, Station, Stream


def stream_counts(stations: Sequence[str]) -> dict[str, int]:
    """Count the streams in use of stations; none is 0."""
    rows = Stream.objects.filter(station__in=stations, retired_at=None).values("station")
    found = dict(rows.annotate(many=Count("pk")).values_list("station", "many"))
    return {pk: found.get(pk, 0) for pk in stations}


def alarm_counts(stations: Sequence[str]) -> dict[str, int]:
    """Count the alarms that stand at stations; none is 0."""
    rows = Alarm.objects.filter(station__in=stations, cleared_at=None).values("station")
    found = dict(rows.annotate(many=Count("pk")).values_list("station", "many"))
    return {pk: found.get(pk, 0) for pk in stations}


def station_counts(gateways: Sequence[str]) -> dict[str, int]:
    """Count the stations in use behind gateways; none is 0."""
    rows = Station.objects.filter(gateway__in=gateways, retired_at=None).values("gateway")
    found = dict(rows.annotate(many=Count("pk")).values_list("gateway", "many"))
    return {pk: found.get(pk, 0) for pk in gateways}
