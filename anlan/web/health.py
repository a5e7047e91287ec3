"""Is everything there? Database, store, worker and ingest each say so.

Without its ingest process a node still serves people: the answer stays 200 and says ``degraded``.
"""

import os
import shutil
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import orjson
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse

from anlan.base.jobs.selectors import worker_state
from anlan.kernel import workspace
from anlan.sense.relay.beats import ingest_state

#: Below this nothing can be promised to be kept.
LEAST_BYTES = 50_000_000


def healthz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django's way
    """Answer 200 when everything answers, else 503; the body says each."""
    parts = {
        "database": _part(_database),
        "store": _part(_store),
        "worker": _part(_worker),
    }
    well = all(part["ok"] for part in parts.values())
    ingest = _part(_ingest)
    status = ("ok" if ingest["ok"] else "degraded") if well else "failing"
    body = {"status": status, **parts, "ingest": ingest}
    response = HttpResponse(
        orjson.dumps(body), status=200 if well else 503, content_type="application/json"
    )
    response["Cache-Control"] = "no-store"
    return response


def _part(look: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return look()
    except (DatabaseError, OSError) as error:
        return {"ok": False, "reason": type(error).__name__}


def _database() -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    return {"ok": True, "kind": connection.vendor}


def _store() -> dict[str, Any]:
    """Look at the directory that holds files and observations."""
    home = workspace.current().dir
    free = shutil.disk_usage(home).free
    writable = os.access(home, os.W_OK)
    return {"ok": writable and free >= LEAST_BYTES, "free_bytes": free, "writable": writable}


def _worker() -> dict[str, Any]:
    state = asdict(worker_state())
    return {"ok": state.pop("alive"), **state}


def _ingest() -> dict[str, Any]:
    """Look at what the ingest process wrote down; doors that failed do not make it sick."""
    state = ingest_state(workspace.current().dir)
    failed = [door["name"] for door in state.doors if door["state"] == "failed"]
    return {"ok": state.ready, "beat_at": state.beat_at, "failed_doors": failed}
