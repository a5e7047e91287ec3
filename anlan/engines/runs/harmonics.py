"""The harmonic constants in a document: of a station we know, or written out."""

from typing import Final

from anlan.codes import lookup
from anlan.engines.registry.declaration import Item
from anlan.engines.registry.given import Given
from anlan.engines.tide import Constants
from anlan.kernel.errors import Invalid

CONSTANTS: Final = (
    Item("station", "验潮站（码表 tide-stations）", "Station", "text", required=False),
    Item(
        "constituents",
        "分潮名",
        "Constituents",
        "texts",
        axes=("constituent",),
        required=False,
    ),
    Item(
        "amplitude",
        "振幅",
        "Amplitude",
        unit="m",
        axes=("constituent",),
        required=False,
        low=0.0,
    ),
    Item(
        "lag",
        "格林威治迟角",
        "Greenwich phase lag",
        unit="deg",
        axes=("constituent",),
        required=False,
    ),
    Item("mean", "平均海面高度", "Mean level", "number", "m", required=False),
)


def constants_in(given: Given) -> tuple[Constants, tuple[str, ...]]:
    """Take the constants a document tells of, and the names of waves nobody knows."""
    station = given.text("station")
    if station:
        places = {row.code: row for row in lookup.table("tide-stations").rows}
        if station not in places:
            raise Invalid(f"没有验潮站「{station}」，有：{'、'.join(places)}")
        rows = [row.extra for row in lookup.table("tide-constants").rows]
        table = {
            str(row["constituent"]): (float(row["amplitude"]), float(row["lag"]))
            for row in rows
            if row["station"] == station
        }
        mean = float(places[station].extra["mean"])
        return Constants.of(table, mean=given.number("mean", mean))
    if not {"amplitude", "lag"} <= set(given.numbers) or "constituents" not in given.texts:
        raise Invalid("要写明 station，或写明 constituents、amplitude、lag")
    columns = given.numbers["amplitude"], given.numbers["lag"]
    told = {
        name: (float(high), float(late))
        for name, high, late in zip(given.texts["constituents"], *columns, strict=True)
    }
    return Constants.of(told, mean=given.number("mean", 0.0))
