"""Questions about losses."""

from anlan.relief.selectors.totals import Figure, Totals, totals

__all__ = ["Figure", "Totals", "totals"]
