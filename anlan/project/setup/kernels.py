"""The machine code of the kernels: compiled beside the front end's build, so that nobody waits."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from anlan.project.setup.python import Environment
from anlan.project.setup.stamps import digest_of
from anlan.project.supervisor.refusal import say

NAMES = ("kernels*.py", "layout.py", "compiled.py")


@contextmanager
def compiled(environment: Environment) -> Iterator[None]:
    """Compile while the body runs, unless this version is compiled; waits for it at the end.

    A failure stops nothing: whoever needs a kernel compiles it then.
    """
    sources = [path for name in NAMES for path in (environment.root / "anlan").rglob(name)]
    digest = digest_of(sources, environment.stamp("base").text())
    stamp = environment.stamp("kernels")
    if stamp.matches(digest):
        yield
        return
    say("编译计算内核 Compiling the kernels …")
    with environment.log("kernels").open("wb") as log:
        child = subprocess.Popen(  # noqa: S603 - our own command
            [str(environment.python), "-m", "anlan.project.compiling"],
            cwd=environment.root, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip
        try:
            yield
        except BaseException:
            child.kill()
            child.wait()
            raise
        if child.wait() == 0:
            stamp.write(digest)
