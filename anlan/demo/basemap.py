"""The demo county's own base map: its land, waters, roads and names, as the map's four themes."""

from collections.abc import Iterator, Mapping

import shapely
from shapely.geometry import LineString, Point

from anlan.base.basemap.models import Theme
from anlan.base.basemap.services import Drawn, replace_theme
from anlan.base.permissions.actor import Actor
from anlan.demo.county import County
from anlan.demo.sea import mainland

#: Streams of a lower order than this are ditches at the map's scale.
LEAST_ORDER = 2
#: How far the neighbours' land is drawn beyond the raster, degrees.
BEYOND = 1.5
#: Rivers of this order and above are drawn from afar.
MAIN_ORDER = 4


def write_basemap(county: County, *, by: Actor) -> int:
    """Replace the four themes of the base map by the county's; tell how many features."""
    themes: Mapping[str, Iterator[Drawn]] = {
        Theme.LAND: _land(county),
        Theme.WATER: _water(county),
        Theme.ROADS: _roads(county),
        Theme.PLACES: _places(county),
    }
    return sum(
        replace_theme(theme=theme, features=features, by=by) for theme, features in themes.items()
    )


def _land(county: County) -> Iterator[Drawn]:
    # One piece of land a feature: a tile then reads only the islands it shows.
    whole = shapely.union_all([county.land, _inland(county)])
    pieces = getattr(whole, "geoms", [whole])
    return (Drawn(shape, kind="land", minzoom=0) for shape in pieces)


def _inland(county: County) -> shapely.Geometry:
    """Continue the mainland beyond the raster: the land that the surge model runs against.

    Otherwise the map would show a coast where only the computed heights end.
    """
    west, south, east, north = county.terrain.bounds
    around = shapely.box(west - BEYOND, south - BEYOND, east + BEYOND, north + BEYOND)
    hem = county.terrain.step
    own = shapely.box(west + hem, south + hem, east - hem, north - hem)
    return shapely.intersection(mainland(county.terrain), around).difference(own)


def _water(county: County) -> Iterator[Drawn]:
    for river in county.rivers:
        if river.main or river.order >= LEAST_ORDER:
            kind = "river" if river.main or river.order >= MAIN_ORDER else "stream"
            yield Drawn(river.line, kind=kind, name=river.name if river.main else "")
    for reservoir in county.reservoirs:
        yield Drawn(reservoir.lake, kind="reservoir", name=reservoir.name)


def _roads(county: County) -> Iterator[Drawn]:
    """Join the stretches of a road between junctions, so that far zooms draw few lines."""
    named: dict[tuple[str, str], list[LineString]] = {}
    for edge in county.road_edges:
        named.setdefault((edge.road_class, edge.name), []).append(edge.line)
    for (road_class, name), lines in named.items():
        joined = shapely.line_merge(shapely.MultiLineString(lines))
        yield Drawn(joined, kind=road_class, name=name)


def _places(county: County) -> Iterator[Drawn]:
    return (
        Drawn(Point(place.lon, place.lat), kind=place.kind, name=place.name, rank=place.rank)
        for place in county.places
    )
