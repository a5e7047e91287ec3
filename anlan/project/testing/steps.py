"""Steps: commands that are run, timed and counted."""

import os
import re
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

#: pytest's last line: "==== 12 passed, 1 skipped in 3.21s ====".
SUMMARY = re.compile(r"^=* ?((?:\d+ [a-z]+(?:, )?)+) in [\d.]+s(?: \([\d:]+\))? ?=*$")
COUNT = re.compile(r"(\d+) (passed|failed|skipped|errors?|xfailed|xpassed)")
NO_TESTS = 5

_printing = threading.Lock()


def tell(line: str) -> None:
    """Print a line at once."""
    with _printing:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()


@dataclass(frozen=True)
class Step:
    """One check. `is_pytest` steps are counted in the closing line."""

    title: str
    command: Sequence[str]
    cwd: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    is_pytest: bool = False


@dataclass(frozen=True)
class Outcome:
    """How a step ended."""

    title: str
    ok: bool
    seconds: float
    counts: Counter[str] = field(default_factory=Counter)


def run(step: Step, *, show: bool = True) -> Outcome:
    """Run a step; with `show` its output appears as it comes, otherwise when it failed."""
    tell(f"\n── {step.title}")
    began = time.monotonic()
    kept: list[str] = []
    counts: Counter[str] = Counter()
    with subprocess.Popen(  # noqa: S603 - our own commands
        list(step.command),
        cwd=step.cwd,
        env={**os.environ, **step.environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        for line in process.stdout or ():
            if step.is_pytest:
                counts = counts_in(line) or counts
            if show:
                tell(line.rstrip("\n"))
            else:
                kept.append(line)
    code = process.returncode
    ok = code == 0 or (step.is_pytest and code == NO_TESTS)
    seconds = time.monotonic() - began
    if kept and not ok:
        tell("".join(kept).rstrip("\n"))
    tell(f"── {step.title}：{'通过 ok' if ok else f'失败 FAILED ({code})'}，{seconds:.1f} s")
    return Outcome(step.title, ok, seconds, counts)


def run_side_by_side(lanes: Sequence[Sequence[Step]]) -> list[Outcome]:
    """Run lanes of quiet steps at the same time, each lane in its order."""
    with ThreadPoolExecutor(max_workers=max(1, len(lanes))) as pool:
        walked = pool.map(lambda lane: [run(step, show=False) for step in lane], lanes)
        return [outcome for lane in walked for outcome in lane]


def counts_in(line: str) -> Counter[str]:
    """Read the counts of a pytest summary line; empty for any other line."""
    found = SUMMARY.match(line.strip())
    counts: Counter[str] = Counter()
    for number, word in COUNT.findall(found[1]) if found else ():
        counts["errors" if word == "error" else word] += int(number)
    return counts


def close(outcomes: Sequence[Outcome], began: float, say: Callable[[str], None] = tell) -> int:
    """Print what took how long and the summary line of all tests; return the exit code."""
    say("\n── 用时 Time")
    for outcome in outcomes:
        say(f"{outcome.seconds:8.1f} s  {'ok    ' if outcome.ok else 'FAILED'}  {outcome.title}")
    failed = [outcome.title for outcome in outcomes if not outcome.ok]
    if failed:
        say(f"失败 Failed: {'; '.join(failed)}")
    total: Counter[str] = sum((outcome.counts for outcome in outcomes), Counter())
    lost = sum(1 for outcome in outcomes if not outcome.ok and not outcome.counts)
    total["failed"] += lost  # a check that is no pytest counts as one failure
    words = ("failed", "passed", "skipped", "xfailed", "xpassed", "errors")
    told = ", ".join(f"{total[word]} {word}" for word in words if total[word]) or "no tests ran"
    say(f" {told} in {time.monotonic() - began:.2f}s ".center(80, "="))
    return 1 if failed else 0
