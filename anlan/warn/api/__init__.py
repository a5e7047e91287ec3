"""Warn over HTTP, one file a matter."""

from anlan.warn.api import calling

routers = [calling.router]
