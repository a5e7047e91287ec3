"""What one source is, as an operator declares it in ``DIR/conf/sources/KEY.toml``."""

from anlan.gateways.sources.declaration.declared import Declaration
from anlan.gateways.sources.declaration.reading import read_fields, read_text
from anlan.protocols.declared.taking import Problem, Wrong

__all__ = ["Declaration", "Problem", "Wrong", "read_fields", "read_text"]
