"""Hold Python's collector back while tests are collected, and let it leave alone what was.

Ten thousand tests and all that they import stay to the end; the collector walked them again and
again, for a third of the time that collecting takes, and once in a while later. Loaded as a plugin
of pytest.
"""

import gc
from collections.abc import Generator

import pytest


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collect the tests without it."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()
