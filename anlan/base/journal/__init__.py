"""Append-only, hash-chained account of every deed (留痕)."""
