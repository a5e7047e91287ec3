"""Which shades a gridded product is drawn in: rows of ``grid-shades``."""

from typing import Final

from anlan import codes
from anlan.engines.grids import Shade
from anlan.forecast.models import Grid

#: Only one field, without times, is drawn.
DRAWN: Final = "geotiff"


def shades_of(quantity: str) -> tuple[Shade, ...]:
    """Take the shades of a quantity, rising; none where nobody wrote any."""
    rows = [row for row in codes.table("grid-shades") if row.text("quantity") == quantity]
    found = [
        Shade(row.number("least") or 0.0, row.text("color") or "", row.number("alpha") or 1.0)
        for row in rows
    ]
    return tuple(sorted(found, key=lambda one: one.least))


def drawable(grid: Grid) -> bool:
    """Tell whether tiles can be drawn of a product."""
    return grid.form == DRAWN and bool(shades_of(grid.quantity))
