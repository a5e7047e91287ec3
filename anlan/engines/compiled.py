"""Compile a kernel to machine code with numba, typed as the function it was."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

import numba

P = ParamSpec("P")
R = TypeVar("R")


def compiled(kernel: Callable[P, R]) -> Callable[P, R]:
    """Compile at the first call, keep the machine code on disk, run without Python's lock.

    Only modules named ``kernels*`` import this: numba takes half a second to import, so whoever
    only passes arrays on must not pay for it. Division by zero gives inf or nan, as in numpy.
    """
    fast: Callable[P, R] = numba.njit(cache=True, nogil=True, error_model="numpy")(kernel)
    return fast
