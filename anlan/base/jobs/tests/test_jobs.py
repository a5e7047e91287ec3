from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from anlan.base.jobs import running, schedules, selectors, services
from anlan.base.jobs.models import Job, Schedule
from anlan.base.jobs.running import LEASE, SCHEDULED_BY
from anlan.base.jobs.services import enqueue
from anlan.base.jobs.tests import kinds
from anlan.base.jobs.worker import Worker, drain
from anlan.kernel import clock
from anlan.kernel.errors import Conflict, Invalid, Missing

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def forgetful() -> Iterator[None]:
    kinds.ran.clear()
    yield
    kinds.ran.clear()


def hurry() -> None:
    """Let every lease and every wait be over."""
    Job.objects.update(lease_until=clock.real_now() - timedelta(seconds=1))


def run_all() -> None:
    for _ in range(20):
        hurry()
        drain()


def test_a_job_runs_with_its_arguments_and_keeps_its_result() -> None:
    job = enqueue("test.add", {"a": 1, "b": 2}, by="user:1")
    drain()
    done = Job.objects.get(id=job)
    assert (done.state, done.result, done.progress, done.tries) == ("done", 3, 1.0, 1)


def test_a_job_of_an_unknown_kind_is_refused() -> None:
    with pytest.raises(Invalid):
        enqueue("test.nothing", by="user:1")


def test_a_unique_job_waits_only_once() -> None:
    first = enqueue("test.add", {"a": 1, "b": 1}, by="user:1", unique="x")
    assert enqueue("test.add", {"a": 1, "b": 1}, by="user:1", unique="x") == first
    assert enqueue("test.add", {"a": 1, "b": 1}, by="user:1", unique="y") != first
    drain()
    assert enqueue("test.add", {"a": 1, "b": 1}, by="user:1", unique="x") != first
    assert len(kinds.ran) == 2


def test_a_job_for_later_waits_for_its_time() -> None:
    job = enqueue(
        "test.add", {"a": 1, "b": 1}, by="user:1", run_at=clock.now() + timedelta(hours=1)
    )
    drain()
    assert Job.objects.get(id=job).state == "waiting"
    assert selectors.is_idle()


def test_what_comes_again_and_again_can_be_asked_for_alone() -> None:
    enqueue("test.add", {"a": 1, "b": 1}, by="user:1")
    assert selectors.is_idle(scheduled=True)
    enqueue("test.add", {"a": 1, "b": 1}, by=SCHEDULED_BY)
    assert not selectors.is_idle(scheduled=True)
    drain()
    assert selectors.is_idle(scheduled=True)


def test_an_exercises_jobs_follow_the_exercises_clock(tmp_path: Path) -> None:
    job = enqueue(
        "test.add", {"a": 1, "b": 1}, by="user:1", run_at=clock.now() + timedelta(hours=1)
    )
    path = tmp_path / "clock.json"
    real = clock.real_now()
    clock.set_clock(path, clock.Setting(real, real + timedelta(hours=2), 0.0))
    clock.use(path)
    try:
        drain()
    finally:
        clock.use(None)
    assert Job.objects.get(id=job).state == "done"


def test_what_the_time_brings_waits_while_the_time_is_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[datetime] = []
    monkeypatch.setattr(schedules, "start_due", lambda: begun.append(clock.now()))
    path, real = tmp_path / "clock.json", clock.real_now()
    worker = Worker()
    monkeypatch.setattr(worker, "_leadership", SimpleNamespace(hold=lambda: True))
    monkeypatch.setattr(worker, "_hand_out", lambda **_: None)

    def turn(minute: int, *, held: bool) -> int:
        begun.clear()
        at = real + timedelta(minutes=minute)
        clock.set_clock(path, clock.Setting(real, at, 0.0, held=held))
        clock.look_again()
        worker._turn(set())
        return len(begun)

    clock.use(path)
    try:
        told = [turn(1, held=True), turn(1, held=False), turn(1, held=False), turn(2, held=True)]
    finally:
        clock.use(None)
    assert told == [0, 1, 0, 0]  # the same time is looked at once


def test_a_failure_outside_is_tried_again_and_then_shown() -> None:
    job = enqueue("test.away", by="user:1")
    drain()
    waiting = Job.objects.get(id=job)
    assert (waiting.state, waiting.tries, waiting.error) == ("waiting", 1, "短信平台不应答")
    drain()
    assert Job.objects.get(id=job).tries == 1  # it waits before the next try
    run_all()
    failed = Job.objects.get(id=job)
    assert (failed.state, failed.tries) == ("failed", 3)


def test_a_wrong_argument_fails_at_once() -> None:
    job = enqueue("test.wrong", by="user:1")
    drain()
    assert Job.objects.get(id=job).state == "failed"


def test_a_programs_error_keeps_where_it_arose() -> None:
    job = enqueue("test.broken", by="user:1")
    run_all()
    failed = Job.objects.get(id=job)
    assert failed.state == "failed"
    assert "be_broken" in failed.error


def test_a_job_asked_to_stop_uses_up_no_try() -> None:
    job = enqueue("test.stops", by="user:1")
    claimed = running.claim(Job.objects.get(id=job), "worker")
    assert claimed is not None
    running.run(claimed)
    stopped = Job.objects.get(id=job)
    assert (stopped.state, stopped.tries) == ("waiting", 0)


def test_a_job_of_a_silent_worker_is_taken_after_its_lease_and_not_before() -> None:
    job = enqueue("test.add", {"a": 1, "b": 1}, by="user:1")
    running.claim(Job.objects.get(id=job), "dead")
    assert running.due(5) == []
    hurry()
    assert [found.id for found in running.due(5)] == [job]
    assert running.due(5, [job]) == []  # our own, whose lease we could not renew in time
    drain()
    assert Job.objects.get(id=job).state == "done"


def test_a_job_that_kills_its_worker_every_time_is_shown() -> None:
    job = enqueue("test.broken", by="user:1")
    for _ in range(2):
        running.claim(Job.objects.get(id=job), "dead")
        hurry()
    drain()
    failed = Job.objects.get(id=job)
    assert failed.state == "failed"
    assert "进程中断" in failed.error


def test_a_worker_that_lost_its_job_does_not_write_over_the_other() -> None:
    job = enqueue("test.add", {"a": 1, "b": 1}, by="user:1")
    slow = running.claim(Job.objects.get(id=job), "slow")
    hurry()
    quick = running.claim(Job.objects.get(id=job), "quick")
    assert slow is not None
    assert quick is not None
    running.run(slow)
    assert Job.objects.get(id=job).state == "running"
    running.run(quick)
    assert Job.objects.get(id=job).state == "done"


def test_two_workers_cannot_take_one_job() -> None:
    job = Job.objects.get(id=enqueue("test.add", {"a": 1, "b": 1}, by="user:1"))
    assert running.claim(job, "one") is not None
    job.refresh_from_db(fields=[])
    same = Job.objects.get(id=job.id)
    same.state, same.tries, same.holder = Job.State.WAITING, 0, ""  # as the rival had read it
    assert running.claim(same, "two") is None


def test_leases_are_renewed_and_progress_is_written_down() -> None:
    job = enqueue("test.add", {"a": 1, "b": 1}, by="user:1")
    claimed = running.claim(Job.objects.get(id=job), "worker")
    assert claimed is not None
    hurry()
    claimed.context.progress(1.7)
    running.renew("worker", [claimed.context])
    row = Job.objects.get(id=job)
    assert row.progress == 1.0
    assert row.lease_until is not None
    assert row.lease_until > clock.real_now() + LEASE / 2


def test_people_retry_and_drop_failed_jobs() -> None:
    first, second = (enqueue("test.wrong", by="user:1") for _ in range(2))
    drain()
    services.retry(first)
    services.drop(second)
    assert Job.objects.get(id=first).state == "waiting"
    assert Job.objects.get(id=second).state == "dropped"
    with pytest.raises(Conflict):
        services.retry(second)
    with pytest.raises(Missing):
        services.drop("nothing")


def test_a_schedule_starts_at_once_and_then_keeps_its_beat(tmp_path: Path) -> None:
    real = clock.real_now()
    path = tmp_path / "clock.json"

    def at(minutes: float) -> list[str]:
        clock.set_clock(path, clock.Setting(real, real + timedelta(minutes=minutes), 0.0))
        clock.use(path)
        schedules.start_due()
        started = list(Job.objects.filter(key="test.tick").values_list("unique", flat=True))
        Job.objects.all().delete()
        return started

    try:
        assert at(0) == ["every"]
        assert at(9.9) == []
        assert at(10.1) == ["every"]
        assert at(19.9) == []
        assert at(20.1) == ["every"]  # the beat of the first start, not of the last tick
        assert at(300) == ["every"]  # missed periods run once
        assert at(301) == []
        assert at(-500) == ["every"]  # the exercise began again
    finally:
        clock.use(None)


def test_a_scheduled_job_that_went_well_leaves_no_row() -> None:
    schedules.start_due()
    assert Schedule.objects.filter(key="test.tick").exists()
    drain()
    assert ("tick", {}) in kinds.ran
    assert not Job.objects.filter(key="test.tick").exists()


def test_scheduled_jobs_are_taken_ahead_but_not_one_that_was_cut_off() -> None:
    made = [enqueue("test.tick", by=SCHEDULED_BY, unique=str(place)) for place in range(4)]
    asked = enqueue("test.add", {"a": 1, "b": 1}, by="user:1")
    Job.objects.filter(id=made[3]).update(tries=1)
    taken = running.claim_due(1, "worker")
    assert [one.job.id for one in taken] == made[:3]
    assert Job.objects.get(id=asked).state == "waiting"


def test_scheduled_jobs_that_are_done_are_forgotten_with_the_next_claim() -> None:
    job = enqueue("test.tick", by=SCHEDULED_BY, unique="every")
    over: list[running.Claim] = []
    (claimed,) = running.claim_due(1, "worker")
    assert running.run(claimed, over.append)
    assert over == [claimed]
    assert Job.objects.get(id=job).state == "running"  # after a crash it is done once more
    following = enqueue("test.add", {"a": 1, "b": 1}, by="user:1")
    (taken,) = running.claim_due(1, "worker", over=[job])
    assert taken.job.id == following
    assert not Job.objects.filter(id=job).exists()


def test_jobs_that_ended_long_ago_are_forgotten_and_failed_ones_are_not() -> None:
    enqueue("test.add", {"a": 1, "b": 1}, by="user:1")
    enqueue("test.wrong", by="user:1")
    drain()
    assert services.forget_ended(clock.now() + timedelta(days=1)) == 1
    assert list(Job.objects.values_list("key", flat=True)) == ["test.wrong"]


def test_nobody_works_when_nobody_gave_a_sign_of_life() -> None:
    enqueue("test.add", {"a": 1, "b": 1}, by="user:1")
    state = selectors.worker_state()
    assert (state.alive, state.workers, state.waiting) == (False, 0, 1)
    assert state.oldest_s is not None
    assert not selectors.is_idle()
