"""Registers over HTTP. Sheets come first: their addresses end in what a row's id could be."""

from anlan.base.register.api import rows, sheets

routers = [sheets.router, rows.router]
