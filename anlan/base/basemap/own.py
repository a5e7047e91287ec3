"""The layers of the map that belong to no module: the base map and the regions."""

from anlan.base.basemap.layers import LAYERS, Layer
from anlan.base.basemap.models import Theme
from anlan.base.basemap.sources import borders, theme

VIEW = "regions.view"
GROUP = "base"

THEMES = (
    (Theme.LAND, "陆地", "Land", "area"),
    (Theme.WATER, "水系", "Water", "area"),
    (Theme.ROADS, "道路", "Roads", "line"),
    (Theme.PLACES, "地名", "Place names", "point"),
)


def declare() -> None:
    """Put the layers into the registry, once."""
    for key, title, title_en, geometry in THEMES:
        LAYERS.add(
            str(key),
            Layer(
                key=str(key),
                title=title,
                title_en=title_en,
                group=GROUP,
                geometry=geometry,
                icon="map",
                source=theme(str(key)),
                action=VIEW,
                scoped=False,
            ),
        )
    LAYERS.add(
        "regions",
        Layer(
            key="regions",
            title="行政区划",
            title_en="Regions",
            group=GROUP,
            geometry="area",
            icon="region",
            source=borders(),
            action=VIEW,
            scoped=False,
        ),
    )
