"""What a process that lives long does once it has started."""

import gc
import sys
from typing import Final

#: How soon a waiting thread gets its turn beside one that computes (Python's own is 5 ms): an event
#: loop, or a thread whose database has just answered.
SWITCH_S: Final = 0.001


def settle() -> None:
    """Let threads take turns sooner, and spare the collector what was imported.

    That stays for good, and would be walked with every full round. To be called last, when all is
    loaded, by processes that end with their last request and not in the middle of a database.
    """
    sys.setswitchinterval(SWITCH_S)
    gc.freeze()
