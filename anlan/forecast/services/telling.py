"""What becomes of runs, told to the journal."""

from collections.abc import Mapping
from typing import Any

from anlan.base.journal.services import record
from anlan.forecast import deed_names
from anlan.forecast.models import Run


def note(run: Run, verb: str, by: object, facts: Mapping[str, Any] | None = None) -> None:
    """Note a deed on a run in the caller's transaction."""
    record(
        deed=deed_names.RUN[verb], by=by, subject=(deed_names.SUBJECT, run.pk),
        region=run.region_id, case=run.case, facts=facts or {}, topic=deed_names.TOPIC,
    )  # fmt: skip
