"""Forms over HTTP: drawn up, sent, filled in, merged, out and in as Excel."""

from anlan.base.forms.api import forms, rounds, sheets

#: Addresses with a fixed word are tried before those of one form.
routers = [rounds.router, sheets.router, forms.router]
