"""Workbooks of forms: out in the asked layout, in with every slip by its cell."""
