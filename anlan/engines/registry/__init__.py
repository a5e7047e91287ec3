"""Engines by key: what each takes and gives, with units, and how far it is verified.

Whoever runs an engine without knowing it (the command line, the forecast module's adapters) hands
over a document with stated units and gets declared outputs back. Nothing here reads or writes
files: companions come from a function the caller gives.
"""

from anlan.engines.registry.declaration import ENGINES, Engine, Item, engine, engines
from anlan.engines.registry.given import Given, understand
from anlan.engines.registry.result import Result, plain, table
from anlan.engines.registry.running import run

__all__ = [
    "ENGINES",
    "Engine",
    "Given",
    "Item",
    "Result",
    "engine",
    "engines",
    "plain",
    "run",
    "table",
    "understand",
]
