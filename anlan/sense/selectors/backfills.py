"""Files of old observations: how far they are, and what was brought lately."""

from typing import Any

from anlan.base.jobs import selectors as jobs
from anlan.base.permissions import selectors as permissions
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import visible
from anlan.sense.models import Backfill, Stream
from anlan.sense.rules import words
from anlan.sense.selectors.identities import ADD

#: Refused rows told with one; the rest is fetched page by page.
SHOWN = 200
#: Files listed.
LISTED = 50


def recent(actor: Actor) -> list[dict[str, Any]]:
    """List what was brought lately in the regions where the actor may; what was given up is not."""
    rows = visible(Backfill.objects.exclude(state="discarded"), actor, ADD, "region")
    found = list(rows.defer("troubles", "sample").order_by("-id")[:LISTED])
    names = permissions.names_of({one.by for one in found})
    return [
        {**_plain(one), "by_name": names.get(one.by, one.by), "own": one.by == actor.ref}
        for one in found
    ]


def described(made: Backfill, offset: int = 0) -> dict[str, Any]:
    """Tell all about one's own file; `offset` pages through the refused rows."""
    return {
        **_plain(made),
        "sample": _named(made.sample),
        "troubles": made.troubles[offset : offset + SHOWN],
        "troubles_total": len(made.troubles),
    }


def _plain(made: Backfill) -> dict[str, Any]:
    state, error = made.state, made.error
    job = jobs.job(made.job) if state in ("reading", "writing") else None
    if job is not None:
        error = job.error.splitlines()[-1] if job.error else ""
        if job.state == "failed":
            state = "failed"
    over = state in ("checked", "done", "failed", "discarded")
    return {
        "id": made.id, "name": made.name, "zone": made.zone, "at": made.at,
        "ended_at": made.ended_at, "state": state, "state_label": Backfill.State(state).label,
        "rows": made.rows, "good": made.good, "accepted": made.accepted,
        "duplicates": made.duplicates, "late": made.late, "outlived": made.outlived,
        "refused": made.refused,
        "streams": made.streams, "since": made.since, "until": made.until, "error": error,
        "progress": 1.0 if over else (job.progress if job else None),
        "again": state == "failed" and made.state == "writing",
    }  # fmt: skip


def _named(sample: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Say of each row shown whose value it is and in which unit."""
    codes = {one["stream"] for one in sample}
    rows = Stream.objects.filter(code__in=codes, retired_at=None).select_related("station")
    known = {row.code: row for row in rows}
    return [
        {
            **one,
            "station": row.station.name if (row := known.get(one["stream"])) else "",
            "unit": words.unit_of(row.quantity) if row else "",
        }
        for one in sample
    ]
