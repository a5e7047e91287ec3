"""Forecast: engine runs, gridded products and their verification."""
