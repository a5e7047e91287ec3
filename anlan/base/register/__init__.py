"""Registers: one model and one declaration give every surface (台账)."""
