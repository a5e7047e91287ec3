"""Which clock is asked where: work follows the workspace's, keys and machines the real one."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import transaction

from anlan.base.jobs import running, selectors
from anlan.base.jobs.models import Job
from anlan.base.jobs.services import enqueue
from anlan.base.jobs.worker import drain
from anlan.base.journal.models import Entry
from anlan.base.journal.services import record
from anlan.base.permissions import totp
from anlan.base.permissions.actor import system
from anlan.base.permissions.errors import Locked, Unauthenticated
from anlan.base.permissions.logins import session_login, token_login
from anlan.base.permissions.models import Grant, User
from anlan.base.permissions.passwords import hashed
from anlan.base.permissions.services import accounts, links, sessions, tokens
from anlan.kernel import clock

BASE = Path(__file__).parents[3] / "base"
#: Whoever reads real time in the foundations, and what for.
REAL = {
    "door/shapes.py": "lock-outs shown",
    "jobs/running.py": "leases and waits between tries",
    "jobs/selectors.py": "signs of life",
    "jobs/worker.py": "signs of life",
    "journal/services/anchoring.py": "the signed head goes on paper",
    "obligations/services/phone.py": "links end",
    "outbox/delivering.py": "leases and waits between tries",
    "outbox/services.py": "the first try is due",
    "permissions/logins.py": "sessions and tokens end",
    "permissions/models.py": "accounts and keys",
    "permissions/services/accounts.py": "accounts and one-time codes",
    "permissions/services/ending.py": "links end",
    "permissions/services/links.py": "links end",
    "permissions/services/refusals.py": "lock-outs",
    "permissions/services/sessions.py": "sessions",
    "permissions/services/tokens.py": "tokens",
    "permissions/services/walls.py": "keys of screens",
    "vault/keyring.py": "keys",
    "vault/services.py": "keys",
}
#: Of those, the ones that also ask the workspace's clock: when work is due, when it happened, when
#: somebody spoke or opened a link.
BOTH = {
    "jobs/running.py", "jobs/selectors.py", "jobs/worker.py", "obligations/services/phone.py",
    "outbox/services.py", "permissions/services/links.py",
}  # fmt: skip
PASSWORD = "Rain-gauge-27"


def _asking(what: str) -> set[str]:
    pattern = re.compile(what)
    return {
        str(path.relative_to(BASE))
        for path in BASE.rglob("*.py")
        if "tests" not in path.parts and "migrations" not in path.parts
        if pattern.search(path.read_text(encoding="utf-8"))
    }


def test_whoever_asks_for_real_time_is_known_with_a_reason() -> None:
    assert _asking(r"\breal_now\b") == set(REAL)
    assert _asking(r"\bclock\.now\(") & set(REAL) == BOTH


def test_nobody_reads_the_machines_clock_past_the_kernel() -> None:
    past = r"\bdatetime\.(?:utc)?now\(|\btimezone\.now\(|\bdate\.today\(|(?<!mono)\btime\.time\("
    assert not _asking(past)


@pytest.fixture(params=[0.0, 3600.0], ids=["standing still", "an hour a second"])
def drill(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[datetime]:
    """An exercise's clock far from the real one; tells where it began."""
    begun = datetime(2019, 8, 9, tzinfo=UTC)
    setting = clock.Setting(real0=clock.real_now(), sim0=begun, speed=request.param)
    clock.set_clock(tmp_path / "clock.json", setting)
    clock.use(tmp_path / "clock.json")
    yield begun
    clock.use(None)


@pytest.fixture
def user(db: None, settings: object) -> User:  # noqa: ARG001 - asks for the database
    settings.PASSWORD_HASHERS = [  # type: ignore[attr-defined]
        "django.contrib.auth.hashers.MD5PasswordHasher",
        "django.contrib.auth.hashers.ScryptPasswordHasher",
    ]
    made = User.objects.create(username="zhang", name="张", password=hashed(PASSWORD))
    Grant.objects.create(user=made, role="township", prefix="339901101", by="t", at=clock.now())
    return made


def test_who_comes_in_does_so_on_real_time(drill: datetime, user: User) -> None:
    secret, _ = accounts.begin_totp(user=user)
    real = clock.real_now()
    step = int(real.timestamp()) // totp.STEP_S
    code = totp.code(secret, step)
    accounts.confirm_totp(user=user, secret=secret, otp=code, by=system("test"))
    later = totp.code(secret, step + 1)
    key, _ = sessions.log_in(sessions.Credentials("zhang", PASSWORD, otp=later))
    login = session_login(key)
    assert login is not None
    assert login.expires is not None
    assert login.expires - real > timedelta(days=6)
    assert [held.role for held in login.actor.roles] == ["township"]
    text, _ = tokens.create_token(
        user=user, name="t", by=login.actor, expires=real + timedelta(minutes=1)
    )
    assert token_login(text) is not None
    wanted = links.Wanted(purpose="p", subject="s", expires=real + timedelta(minutes=1))
    assert links.open_link(links.issue_link(wanted, by=login.actor), "p").subject == "s"
    assert Entry.objects.exclude(at__lt=drill + timedelta(days=30)).count() == 0


def test_a_lock_out_lasts_real_minutes(drill: datetime, user: User) -> None:
    assert drill.year == 2019
    wrong = sessions.Credentials(user.username, "wrong", address="10.0.0.9")
    for _ in range(20):
        with pytest.raises((Unauthenticated, Locked)):
            sessions.log_in(wrong)
    with pytest.raises(Locked):
        sessions.log_in(sessions.Credentials(user.username, PASSWORD, address="10.0.0.9"))


@pytest.mark.django_db(transaction=True)
def test_work_is_due_on_the_workspaces_clock_and_leased_on_the_real_one(drill: datetime) -> None:
    with transaction.atomic():
        record(deed="drill.begun", by="system:test", subject=("drill", "1"))
        enqueue("outbox.tidy", by="system:test")
        enqueue("outbox.tidy", by="system:test", run_at=drill + timedelta(days=300))
    claimed = running.claim(running.due(1)[0], "holder")
    assert claimed is not None
    lease = Job.objects.get(id=claimed.job.id).lease_until
    assert lease is not None
    assert timedelta(0) < lease - clock.real_now() <= running.LEASE
    running.release("holder")
    drain()
    assert sorted(Job.objects.values_list("state", flat=True)) == ["done", "waiting"]
    entry = Entry.objects.get(deed="drill.begun")
    assert entry.seq == 1
    assert timedelta(0) <= entry.at - drill < timedelta(days=30)
    assert not selectors.worker_state().alive
