"""What `anlan doctor` says of channels: nothing set up, everything well, something missing."""

import json

import pytest

from anlan.comms.tests.conftest import Home, home, migrated, workspace_of_tests
from anlan.comms.tests.providers import set_up
from anlan.comms.tests.sink import sink
from anlan.project import doctor

__all__ = ["home", "migrated", "workspace_of_tests"]

pytestmark = pytest.mark.django_db


def test_a_county_that_sends_nothing_yet_is_not_reproached(home: Home) -> None:
    assert home.dir.exists()
    assert doctor._channels().ok is None


def test_a_channel_that_cannot_send_is_named_with_its_reason(home: Home) -> None:
    with sink() as far:
        set_up(home, far.address)
        (home.dir / "secrets" / "sms").unlink()
        found = doctor._channels()
    assert (found.ok, "mas：" in found.told, "secrets/sms" in found.told) == (False, True, True)


def test_an_exercise_is_said_to_send_nothing(home: Home) -> None:
    set_up(home, "http://127.0.0.1:9")
    path = home.dir / "workspace.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**told, "kind": "exercise"}), encoding="utf-8")
    found = doctor._channels()
    assert (found.ok, found.told) == (True, "控制台替身，一条也不发出")
