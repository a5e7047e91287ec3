"""Forms drawn up in minutes, sent round, filled in below, merged live (滚动报表)."""
