"""Protocols: wire formats as pure functions between bytes and dataclasses."""
