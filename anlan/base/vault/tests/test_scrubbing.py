"""Destroyed keys leave PostgreSQL's files, or scrubbing says that they have not yet."""

import json

import pytest

from anlan.base.conftest import RealWorkspace

pytestmark = pytest.mark.slow

SCRUB = """
import json, threading
from django.db import connection
from anlan.base.vault import erasure, services
from anlan.base.vault.models import Key
from anlan.kernel.ids import new_id

def destroyed():
    subjects = [new_id() for _ in range(20)]
    services.seal_many([(one, {"name": "李雷"}) for one in subjects])
    reader = connection.copy()
    cursor = reader.cursor()
    cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
    cursor.execute("SELECT count(*) FROM vault_token")
    Key.objects.filter(subject__in=subjects).delete()
    return reader

seen = destroyed()
told = [erasure.scrub()]
erasure.PATIENCE_MS = 30_000  # on a busy machine leaving, too, takes its time
seen.close()
told.append(erasure.scrub())
leaving = destroyed()
threading.Timer(0.5, leaving.connection.close).start()
told.append(erasure.scrub())
print(json.dumps(told))
"""


def test_keys_that_somebody_still_sees_are_waited_for_and_not_taken_for_gone(
    real: RealWorkspace,
) -> None:
    if not real.database_url:
        pytest.skip("SQLite 删去的行不留给别的读者")
    assert json.loads(real.do(SCRUB).splitlines()[-1]) == [False, True, True]
