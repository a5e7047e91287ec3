"""Which store the observations of this process's workspace lie in."""

import os

from anlan.kernel import workspace
from anlan.kernel.errors import Missing


def url_of() -> str:
    """Tell the URL of the observations' database; "" for the workspace's own segments.

    An exercise has its own, even where the environment names its source's.
    """
    try:
        own = workspace.current().kind == "exercise"
    except Missing:
        own = True
    return "" if own else os.environ.get("TELEMETRY_URL", "")
