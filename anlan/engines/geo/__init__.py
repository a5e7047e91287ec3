"""Geography on arrays: datums, distances, shapes, cells, polygon indexes, tiles, terrain."""
