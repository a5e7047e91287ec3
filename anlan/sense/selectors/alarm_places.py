"""Where alarms are: of stations, gateways, and of whole rules."""

from collections.abc import Collection, Sequence

from anlan.sense.models import Alarm, Gateway, Rule, Station
from anlan.sense.selectors.debtors import Place


def places(alarms: Sequence[Alarm]) -> dict[str, Place]:
    """Tell the place of each alarm by its id; three queries, whatever their number."""
    stations = _stations({one.station_id for one in alarms if one.station_id})
    gateways = _gateways({one.gateway_id for one in alarms if not one.station_id})
    rules = _rules({one.rule_id for one in alarms if not one.station_id and not one.gateway_id})
    found = {}
    for alarm in alarms:
        if alarm.station_id:
            found[alarm.pk] = stations[alarm.station_id]
        elif alarm.gateway_id:
            found[alarm.pk] = gateways[alarm.gateway_id]
        else:
            found[alarm.pk] = rules[alarm.rule_id]
    return found


def _stations(ids: Collection[str]) -> dict[str, Place]:
    columns = ("pk", "region_id", "name", "lon", "lat", "keeper_id", "unit_id")
    rows = Station.objects.filter(pk__in=ids).values_list(*columns) if ids else ()
    return {pk: Place(*rest) for pk, *rest in rows}


def _gateways(ids: Collection[str | None]) -> dict[str, Place]:
    columns = ("pk", "region_id", "name", "keeper_id", "unit_id")
    rows = Gateway.objects.filter(pk__in=[one for one in ids if one]).values_list(*columns)
    return {
        pk: Place(region, name, keeper=keeper, unit=unit) for pk, region, name, keeper, unit in rows
    }


def _rules(ids: Collection[str]) -> dict[str, Place]:
    rows = Rule.objects.filter(pk__in=ids).values_list("pk", "region_id", "region__name")
    return {pk: Place(region, name) for pk, region, name in rows}
