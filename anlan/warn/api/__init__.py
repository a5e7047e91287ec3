"""Warn over HTTP, one file a matter."""

from anlan.warn.api import alerts, calling, inbox, orders, sharing

# Addresses with a word of their own come first: ``/alerts/{alert}`` would take it for an id.
routers = [inbox.router, orders.router, calling.router, sharing.router, alerts.router]
