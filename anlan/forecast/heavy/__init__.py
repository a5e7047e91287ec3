"""The process that computes: one engine process per core below it, never the desk's."""

from anlan.forecast.heavy.loop import Heavy, drain, run

__all__ = ["Heavy", "drain", "run"]
