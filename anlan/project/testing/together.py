"""Deal the tests out so that processes side by side neither repeat work nor wait for one another.

Tests that share a replayed afternoon or a served workspace would otherwise be dealt out to all test
processes, and each would make its own; and a module of three minutes that is begun last keeps one
processor busy while the others have nothing to do. Loaded as a plugin of pytest.
"""

import os
import re
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler.loadscope import LoadScopeScheduling

#: How a fixture says that it is made once for a module, and one beside the modules likewise.
SHARED = 'scope="module"'
SHARED_BESIDE = re.compile('scope="(module|session)"')
#: How one says that all modules of its folder share it.
SHARED_BY_FOLDER = 'scope="package"'
#: What a test takes for all that is known of it: a slow one, and one that crosses modules.
TAKES_S = {"slow": 3, "story": 1}


class Together(LoadScopeScheduling):  # type: ignore[misc]  # xdist tells no types
    """Deals out what shares something as one piece, and all else singly, in the given order.

    (xdist's own groups by mark need a private name that pytest no longer has.)
    """

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        module = Path(self.config.rootpath, path)
        beside = _text(module.with_name("conftest.py"))
        if SHARED_BY_FOLDER in beside:
            return path.rpartition("/")[0]
        return path if SHARED in _text(module) or SHARED_BESIDE.search(beside) else nodeid


@cache
def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8") if file.exists() else ""


@pytest.hookimpl(optionalhook=True, tryfirst=True)
def pytest_xdist_auto_num_workers() -> int:
    """Take one process more than there are processors: many tests wait for programs they began."""
    return len(os.sched_getaffinity(0)) + 1


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Together:
    """Schedule for pytest-xdist."""
    config.option.loadscopereorder = False  # by number of tests, which says little of the time
    return Together(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where processes work side by side, begin with the modules that take longest."""
    if not hasattr(config, "workerinput"):
        return
    counted: dict[Path, float] = defaultdict(float)
    hinted: dict[Path, float] = defaultdict(float)
    for item in items:
        for name, seconds in TAKES_S.items():
            for mark in item.iter_markers(name):
                counted[item.path] += seconds
                hinted[item.path] = max(hinted[item.path], mark.kwargs.get("module_s", 0))
    items.sort(key=lambda item: -(hinted[item.path] or counted[item.path]))
