"""Accounts from the server's own desk."""

import subprocess
import sys
from pathlib import Path

import pytest

from anlan.base.conftest import RealWorkspace, migrated, real, workspace_of_tests

__all__ = ["migrated", "real", "workspace_of_tests"]

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[3]
ANSWERS = "339901\n" + "".join(
    f"{username}\n{name}\nRain-gauge-27\n"
    for username, name in (("sys", "张一"), ("sec", "李二"), ("aud", "王三"))
)


def anlan(real: RealWorkspace, *arguments: str, answers: str = "") -> tuple[int, str, str]:
    """Run a command with answers piped in."""
    done = subprocess.run(
        [sys.executable, "-m", "anlan.project", *arguments],
        env=real.environment,
        cwd=ROOT,
        input=answers,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return done.returncode, done.stdout, done.stderr


def test_a_live_workspace_asks_for_its_three_administrators_once(real: RealWorkspace) -> None:
    code, _, said = anlan(real, "setup-admins")
    assert code == 0
    assert "setup-admins" in said  # nobody answers: the platform starts, without any account
    weak = ANSWERS.replace("Rain-gauge-27", "weak", 1)
    code, _, said = anlan(real, "setup-admins", answers=weak)
    assert code != 0
    assert "口令" in said
    assert anlan(real, "user", "list")[1] == ""
    assert anlan(real, "setup-admins", answers=ANSWERS)[0] == 0
    listed = anlan(real, "user", "list")[1]
    for username, role in (
        ("sys", "system-admin"),
        ("sec", "security-admin"),
        ("aud", "audit-admin"),
    ):
        assert f"{role}@339901" in next(
            line for line in listed.splitlines() if line.startswith(username)
        )
    code, told, _ = anlan(real, "setup-admins")
    assert (code, told.strip()) == (0, "三名管理员已经建立")
    code, token, _ = anlan(real, "token", "create", "sys")
    assert code == 0
    assert len(token.split()) == 1
    assert token.startswith("anlan_")
    code, _, said = anlan(real, "token", "create", "nobody")
    assert code == 1
    assert "nobody" in said
