"""The offline base map's features."""
