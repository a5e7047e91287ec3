"""Forecasts over HTTP."""

from anlan.forecast.api import products, runs, storms, water

# Addresses with a word of their own come first: ``/forecasts/{run}`` would take it for an id, and
# ``/forecasts/{run}/{verb}`` for a deed.
routers = [products.named, storms.router, water.router, products.router, runs.router]
