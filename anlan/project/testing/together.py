"""Keep the tests of a module together where they share what is made once for the module.

With several test processes, tests that share a replayed afternoon or a served workspace would
otherwise be dealt out to all of them, and each would make its own. Loaded as a plugin of pytest.
"""

from functools import cache
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler.loadscope import LoadScopeScheduling

#: How a fixture says that it is made once for a module.
SHARED = 'scope="module"'


class Together(LoadScopeScheduling):  # type: ignore[misc]  # xdist tells no types
    """Deals out modules that share something as one piece, largest first, and all else singly.

    (xdist's own groups by mark need a private name that pytest no longer has.)
    """

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        return path if _shares(Path(self.config.rootpath, path)) else nodeid


@cache
def _shares(module: Path) -> bool:
    """Tell whether a module, or the fixtures beside it, make something once for a module."""
    return any(
        file.exists() and SHARED in file.read_text(encoding="utf-8")
        for file in (module, module.with_name("conftest.py"))
    )


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Together:
    """Schedule for pytest-xdist."""
    return Together(config, log)
