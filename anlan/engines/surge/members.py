"""Many runs side by side, one process each: the members of an ensemble, or what-ifs."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from typing import TypeVar

from anlan.engines.surge.running import run
from anlan.engines.surge.state import Inputs, Outputs

Kept = TypeVar("Kept")


def run_members(
    members: Sequence[Inputs], keep: Callable[[Outputs], Kept], *, workers: int
) -> Iterator[tuple[int, Kept]]:
    """Run all `members`, `workers` at a time; give number and what `keep` made of each, in order.

    keep: takes from the outputs what shall travel back, in the member's own process. It and the
    inputs go to other processes: sides are told by numbers, `Series` or functions of modules.
    A member that cannot be run raises when its turn comes.
    """
    if workers < 2:
        for number, inputs in enumerate(members):
            yield number, keep(run(inputs))
        return
    # Not forked: a server's threads would be cut off in the middle of what they hold.
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        waiting: list[Future[Kept]] = [pool.submit(_kept, inputs, keep) for inputs in members]
        for number, future in enumerate(waiting):
            yield number, future.result()


def _kept(inputs: Inputs, keep: Callable[[Outputs], Kept]) -> Kept:
    return keep(run(inputs))
