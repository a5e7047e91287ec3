"""Forecasts over HTTP."""

from anlan.forecast.api import products, runs, storms

# Addresses with a word of their own come first: ``/forecasts/{run}`` would take it for an id.
routers = [products.named, storms.router, runs.router, products.router]
