"""What one channel is, as an operator declares it in ``DIR/conf/channels/KEY.toml``."""

from anlan.comms.declaration.declared import Declaration
from anlan.comms.declaration.reading import read_text

__all__ = ["Declaration", "read_text"]
