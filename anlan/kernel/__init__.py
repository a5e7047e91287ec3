"""Kernel: clock, ids, units, errors, registry, events and lifecycles; standard library only."""
