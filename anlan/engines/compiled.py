"""Compile a kernel to machine code with numba, typed as the function it was.

Machine code is kept on disk. numba forgets it when the kernel's own file changes, not when a file
it calls or takes a constant from does. So it is kept in a folder named by what may matter: the
kernels of the package, its ``layout.py``, and the flags of values. A kernel calls kernels of its
own package only.
"""

import hashlib
import os
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, Final, ParamSpec, TypeVar

import numba
from numba import config
from numba.core.cpu import CPUTargetOptions
from numba.core.options import TargetOptions

P = ParamSpec("P")
R = TypeVar("R")

HERE: Final = Path(__file__).parent
MONTH_S: Final = 30 * 86400


def compiled(kernel: Callable[P, R]) -> Callable[P, R]:
    """Compile at the first call, keep the machine code on disk, run without Python's lock.

    Only modules named ``kernels*`` use this: numba takes half a second to import, so whoever
    only passes arrays on must not pay for it. Division by zero gives inf or nan, as in numpy.
    """
    return _compiled(kernel)


def lean(kernel: Callable[P, R]) -> Callable[P, R]:
    """Compile a kernel that makes no arrays, without counting references to those it is given.

    Counting costs more than the work itself where a row asks for a few additions.
    """
    return _compiled(kernel, _nrt=False)


def swift(kernel: Callable[P, R]) -> Callable[P, R]:
    """Compile a `lean` kernel of plain loops over rows to vector code.

    Its arithmetic may be regrouped, so whoever asks whether a value is finite asks in a kernel that
    is not so compiled; and no array it writes to may overlap another it is given. numba knows that
    promise (`noalias`) from its parallel loops; without it so many rows would be told apart at run
    time, which the compiler will not do.
    """
    CPUTargetOptions.noalias = TargetOptions.Mapping("noalias")  # type: ignore[no-untyped-call]
    return _compiled(kernel, _nrt=False, fastmath=True, noalias=True)


def _compiled(kernel: Callable[P, R], **options: Any) -> Callable[P, R]:
    if not os.environ.get("NUMBA_CACHE_DIR"):
        # numba's settings are made at run time, out of a type checker's sight.
        vars(config)["CACHE_DIR"] = str(folder(Path(kernel.__code__.co_filename).parent))
    settings: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy", **options}
    fast: Callable[P, R] = numba.njit(**settings)(kernel)
    return fast


@cache
def folder(package: Path) -> Path:
    """Name the folder of a package's machine code: beside the sources, else in the user's cache."""
    digest = hashlib.blake2b(f"{numba.__version__} {package}".encode(), digest_size=8)
    own = sorted([*package.glob("kernels*.py"), *package.glob("layout.py")])
    for path in (*own, Path(__file__), HERE / "series" / "flags.py"):
        digest.update(path.read_bytes())
    beside = HERE / "__pycache__"
    with suppress(OSError):
        beside.mkdir(exist_ok=True)
    home = beside if os.access(beside, os.W_OK) else _users_cache()
    found = home / f"kernels-{digest.hexdigest()}"
    if not found.exists():
        _tidy(home)
    return found


def _users_cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "anlan"


def _tidy(home: Path) -> None:
    """Remove the folders of versions that have not been compiled for a month."""
    for old in home.glob("kernels-*"):
        with suppress(OSError):
            if old.stat().st_mtime < time.time() - MONTH_S:
                shutil.rmtree(old, ignore_errors=True)
