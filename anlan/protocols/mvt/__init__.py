"""Mapbox Vector Tiles 2.1: encoding whole arrays of features, and decoding.

A feature of a vector tile is nothing but varints, so a layer is laid out as one array of integers
and written in a few passes over it; 4,000 points take a few milliseconds.

Source: Mapbox Vector Tile Specification 2.1 (github.com/mapbox/vector-tile-spec), section 4 and
its ``vector_tile.proto``.
"""

from anlan.protocols.mvt.decoding import Feature, Layer, decode
from anlan.protocols.mvt.encoding import EXTENT, Value, layer
from anlan.protocols.mvt.geometry import (
    LINE,
    POINT,
    POLYGON,
    Geometry,
    Paths,
    join,
    lines,
    points,
    polygons,
)

__all__ = [
    "EXTENT",
    "LINE",
    "POINT",
    "POLYGON",
    "Feature",
    "Geometry",
    "Layer",
    "Paths",
    "Value",
    "decode",
    "join",
    "layer",
    "lines",
    "points",
    "polygons",
]
