"""Real worker processes on a real database, killed as power cuts and kernels kill."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator

import pytest

from anlan.base.conftest import RealWorkspace

pytestmark = pytest.mark.slow

#: Declared alike by the worker and by whoever gives it work.
KINDS = """
import os, sys, time, json
from dataclasses import dataclass
from django.db import transaction, connection
from anlan.kernel.events import Event, on
from datetime import timedelta
from anlan.base.jobs import registry, running, services, selectors, worker
from anlan.base.outbox import delivering
from anlan.base.jobs.models import Job, Worker
from anlan.base.journal.models import Entry
from anlan.base.journal.services import record
from anlan.base.outbox.models import Delivery
from anlan.base.outbox.services import publish

# Ten seconds in earnest; nobody waits here for what a shorter lease shows as well.
running.LEASE = delivering.LEASE = timedelta(seconds=3)
worker.BEAT_SECONDS = 0.5

@dataclass(frozen=True, kw_only=True)
class Rained(Event):
    depth: int = 0

@on(Rained)
def note(event):
    with transaction.atomic():
        record(deed="rain.noted", by="system:test", subject=("rain", str(event.depth)))
    if os.environ.get("DIE_AT") == str(event.depth) and not os.path.exists(os.environ["DIED"]):
        open(os.environ["DIED"], "w").close()
        os.kill(os.getpid(), 9)

@registry.job("test.long", title="long")
def long(context, seconds):
    record_of = context.job
    with transaction.atomic():
        record(deed="long.begun", by="system:test", subject=("job", record_of))
    until = time.monotonic() + seconds + float(os.environ.get("LINGER", "0"))
    while time.monotonic() < until:
        context.progress(0.25)
        if context.should_stop:
            raise registry.Stopped
        time.sleep(0.02)
    return "ended"
"""
WORK = KINDS + "\nworker.run()\n"


@pytest.fixture
def workers(real: RealWorkspace) -> Iterator[Callable[..., "subprocess.Popen[str]"]]:
    """Start workers; end all of them afterwards."""
    started: list[subprocess.Popen[str]] = []

    def start(**environment: str) -> "subprocess.Popen[str]":
        os.environ.update(environment)
        try:
            started.append(real.start(WORK))
        finally:
            for name in environment:
                del os.environ[name]
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


def ask(real: RealWorkspace, question: str) -> object:
    """Evaluate an expression on the workspace's database."""
    return json.loads(real.do(f"{KINDS}\nprint(json.dumps({question}))").splitlines()[-1])


def wait_for(real: RealWorkspace, question: str, seconds: float = 30.0) -> object:
    """Poll a question inside one process until its answer is true."""
    program = f"""{KINDS}
until = time.monotonic() + {seconds}
while time.monotonic() < until:
    answer = {question}
    if answer:
        break
    time.sleep(0.02)
print(json.dumps(answer))
"""
    return json.loads(real.do(program).splitlines()[-1])


def publish(real: RealWorkspace, count: int) -> None:
    real.do(
        f"{KINDS}\nwith transaction.atomic():\n"
        f"    publish(*[Rained(case='A', depth=n) for n in range({count})])"
    )


def test_a_worker_killed_between_handler_and_mark_makes_the_effect_once(
    real: RealWorkspace, workers: Callable[..., "subprocess.Popen[str]"]
) -> None:
    publish(real, 10)
    first = workers(DIE_AT="4", DIED=str(real.dir / "died"))
    assert first.wait(timeout=60) == -signal.SIGKILL
    workers()
    # The lease of what was claimed must end first.
    assert wait_for(real, "not Delivery.objects.exclude(state='done').exists()", 40)
    noted = ask(real, "list(Entry.objects.filter(deed='rain.noted').order_by('id')"
                ".values_list('subject', flat=True))")  # fmt: skip
    assert noted == [str(number) for number in range(10)]


def test_a_job_of_a_killed_worker_is_taken_again_after_its_lease(
    real: RealWorkspace, workers: Callable[..., "subprocess.Popen[str]"]
) -> None:
    job = ask(real, "services.enqueue('test.long', {'seconds': 1.5}, by='user:1')")
    first = workers(LINGER="600")  # it is killed before its end, however slow the machine is
    assert wait_for(real, "Entry.objects.filter(deed='long.begun').exists()")
    first.kill()
    first.wait()
    began = time.monotonic()
    workers()
    assert wait_for(real, f"Job.objects.filter(id='{job}', state='done').exists()", 40)
    assert time.monotonic() - began < 25
    assert ask(real, f"list(Job.objects.filter(id='{job}').values_list('tries','result'))") == [
        [2, "ended"]
    ]


def test_a_worker_chains_the_journal_and_says_that_it_lives(
    real: RealWorkspace, workers: Callable[..., "subprocess.Popen[str]"]
) -> None:
    workers()
    assert wait_for(real, "selectors.worker_state().leader")
    real.do(f"{KINDS}\nfor n in range(20): note(Rained(depth=n))")
    assert wait_for(real, "Entry.objects.filter(seq=20).exists()")
    verified = real.anlan("journal", "verify", "--json")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert json.loads(verified.stdout)["entries"] >= 20


def test_the_second_worker_leads_when_the_first_is_killed(
    real: RealWorkspace, workers: Callable[..., "subprocess.Popen[str]"]
) -> None:
    first = workers()
    assert wait_for(real, "selectors.worker_state().leader")
    workers()
    assert wait_for(real, "selectors.worker_state().workers == 2")
    first.kill()
    first.wait()
    assert wait_for(
        real, f"Worker.objects.filter(leader=True).exclude(pid={first.pid}).exists()", 30
    )


def test_a_worker_asked_to_end_gives_back_what_it_holds(
    real: RealWorkspace, workers: Callable[..., "subprocess.Popen[str]"]
) -> None:
    job = ask(real, "services.enqueue('test.long', {'seconds': 600}, by='user:1')")
    process = workers()
    assert wait_for(real, f"Job.objects.filter(id='{job}', progress=0.25).exists()")
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=15) == 0
    assert ask(real, f"list(Job.objects.filter(id='{job}').values_list('state', 'tries'))") == [
        ["waiting", 0]
    ]
    assert ask(real, "Worker.objects.count()") == 0


def test_a_worker_outlives_its_lost_connections(
    real: RealWorkspace, workers: Callable[..., "subprocess.Popen[str]"]
) -> None:
    if not real.database_url:
        pytest.skip("only a database server can lose its connections")
    process = workers()
    assert wait_for(real, "selectors.worker_state().leader")
    real.do(
        f"{KINDS}\nwith connection.cursor() as c:\n"
        "    c.execute('SELECT pg_terminate_backend(pid) FROM pg_stat_activity'\n"
        "              ' WHERE pid <> pg_backend_pid() AND datname = current_database()')"
    )
    publish(real, 3)
    assert wait_for(real, "Entry.objects.filter(deed='rain.noted').exclude(seq=None).count() == 3")
    assert wait_for(real, "selectors.worker_state().leader")
    assert process.poll() is None
