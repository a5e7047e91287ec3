"""Compile a kernel to machine code with numba, typed as the function it was.

Machine code is kept on disk. numba forgets it when the kernel's own file changes, not when a file
it calls changes, so it is kept in a folder named by what all kernels of this package say.
"""

import hashlib
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import numba

P = ParamSpec("P")
R = TypeVar("R")

HERE = Path(__file__).parent


@cache
def _folder() -> str:
    """Name the folder of this version: where the operator says, beside the sources, else home."""
    digest = hashlib.blake2b(numba.__version__.encode(), digest_size=8)
    for path in sorted(HERE.rglob("kernels*.py")):
        digest.update(path.read_bytes())
    name = f"protocols-{digest.hexdigest()}"
    given, beside = os.environ.get("NUMBA_CACHE_DIR"), HERE / "__pycache__"
    if given:
        return str(Path(given) / name)
    if os.access(beside if beside.exists() else HERE, os.W_OK):
        return str(beside / name)
    return str(Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "anlan" / name)


def compiled(kernel: Callable[P, R]) -> Callable[P, R]:
    """Compile at the first call, keep the machine code on disk, run without Python's lock.

    Only modules named ``kernels*`` use this: numba takes half a second to import.
    """
    config: Any = numba.config  # its settings are made at import
    before = config.CACHE_DIR
    config.CACHE_DIR = _folder()  # read by `njit` now, not at the first call
    try:
        fast: Callable[P, R] = numba.njit(cache=True, nogil=True)(kernel)
    finally:
        config.CACHE_DIR = before
    return fast
