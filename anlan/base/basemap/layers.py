"""What layers the map has. A module declares its own; the base map and the regions are ours."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from anlan.base.permissions import Actor, may, prefixes, shared
from anlan.engines.geo.tiles import Tile
from anlan.kernel.registry import Registry

#: No thing is placed more exactly than this zoom shows; browsers enlarge its tiles further.
MAXZOOM = 16


@dataclass(frozen=True)
class View:
    """Whose eyes a tile is for: the regions they see (see `permissions.prefixes`, `shared`)."""

    prefixes: tuple[str, ...] = ("",)
    shared: tuple[str, ...] = ()


#: What everybody sees alike.
EVERYTHING = View()


class Source(Protocol):
    """Where a layer's tiles come from."""

    def stamp(self) -> str:
        """Tell the present state; tiles drawn before are good while it is the same."""
        ...

    def draw(self, tile: Tile, view: View) -> bytes:
        """Draw a tile, not yet compressed; b"" where there is nothing."""
        ...


@dataclass(frozen=True, eq=False)
class Layer:
    """One layer of the map."""

    key: str
    title: str
    title_en: str
    group: str
    geometry: str  #: point, line or area: how the face draws it
    icon: str
    source: Source
    action: str  #: the right that lets one see it
    register: str | None = None
    minzoom: int = 0
    maxzoom: int = MAXZOOM
    visible: bool = True  #: whether it is shown before anybody chooses
    scoped: bool = True  #: whether everybody sees only their regions of it

    def view(self, actor: Actor) -> View:
        """Tell what of this layer an actor sees."""
        if not self.scoped:
            return EVERYTHING
        return View(prefixes(actor, self.action), shared(actor, self.action))


LAYERS: Registry[Layer] = Registry("图层")


def described(actor: Actor) -> list[dict[str, Any]]:
    """Describe the layers an actor may see, for `/meta`."""
    return [_describe(layer) for layer in _seen(actor)]


def _seen(actor: Actor) -> Iterable[Layer]:
    return (layer for layer in LAYERS.values() if may(actor, layer.action))


def _describe(layer: Layer) -> dict[str, Any]:
    return {
        "key": layer.key,
        "title": layer.title,
        "title_en": layer.title_en,
        "group": layer.group,
        "geometry": layer.geometry,
        "source": "tiles",
        "url": f"/api/v1/tiles/{layer.key}/{{z}}/{{x}}/{{y}}.mvt",
        "minzoom": layer.minzoom,
        "maxzoom": layer.maxzoom,
        "icon": layer.icon,
        "register": layer.register,
        "visible": layer.visible,
    }
