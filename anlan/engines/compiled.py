"""Compile a kernel to machine code with numba, typed as the function it was.

Machine code is kept on disk. numba forgets it when the kernel's own file changes, not when a file
it calls changes, so it is kept in a folder named by what all kernels say: a new version of any
of them starts a new folder.
"""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, ParamSpec, TypeVar

import numba
from numba import config

P = ParamSpec("P")
R = TypeVar("R")

HERE: Final = Path(__file__).parent


def _folder() -> Path:
    """Name the folder of this version: beside the sources, else in the user's cache."""
    digest = hashlib.blake2b(numba.__version__.encode(), digest_size=8)
    for path in sorted(HERE.rglob("*.py")):
        if path.name.startswith("kernels") or path.name in ("compiled.py", "layout.py"):
            digest.update(path.read_bytes())
    beside = HERE / "__pycache__"
    try:
        beside.mkdir(exist_ok=True)
        writable = os.access(beside, os.W_OK)
    except OSError:
        writable = False
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "anlan"
    return (beside if writable else cache) / f"kernels-{digest.hexdigest()}"


if not os.environ.get("NUMBA_CACHE_DIR"):
    # numba's settings are made at run time, out of a type checker's sight.
    vars(config)["CACHE_DIR"] = str(_folder())


def compiled(kernel: Callable[P, R]) -> Callable[P, R]:
    """Compile at the first call, keep the machine code on disk, run without Python's lock.

    Only modules named ``kernels*`` use this: numba takes half a second to import, so whoever
    only passes arrays on must not pay for it. Division by zero gives inf or nan, as in numpy.
    """
    fast: Callable[P, R] = numba.njit(cache=True, nogil=True, error_model="numpy")(kernel)
    return fast


def lean(kernel: Callable[P, R]) -> Callable[P, R]:
    """Compile a kernel that makes no arrays, without counting references to those it is given.

    Counting costs more than the work itself where a row asks for a few additions.
    """
    options: dict[str, Any] = {"_nrt": False, "cache": True, "nogil": True, "error_model": "numpy"}
    fast: Callable[P, R] = numba.njit(**options)(kernel)
    return fast
