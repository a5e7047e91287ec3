"""Filling in old observations (补录): look at the file, accept, stored by the ingest process.

Nothing is stored before somebody accepts it, and what is stored raises no alarm: what was so then
is no matter of today. The rows go the way all observations go, by `anlan.sense.relay`.
"""

import shutil
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import transaction

from anlan.base.jobs import selectors as jobs
from anlan.base.jobs.services import enqueue
from anlan.base.journal.services import record
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import permit
from anlan.kernel import clock, workspace
from anlan.kernel.errors import AnlanError, Conflict, Invalid, Missing, Unavailable
from anlan.kernel.ids import new_id
from anlan.sense import deed_names
from anlan.sense.models import Backfill
from anlan.sense.relay.reporting import Report, Trouble
from anlan.sense.selectors.bounds import bounds
from anlan.sense.selectors.identities import ADD, sender

FOLDER: Final = "imports"
ENDINGS: Final = (".csv", ".txt", ".xlsx", ".xls", ".parquet")
MOST_BYTES: Final = 200 * 1024 * 1024
#: So long a file waits to be accepted, and its refused rows stay to be read.
KEPT: Final = timedelta(days=2)
BEIJING: Final = "Asia/Shanghai"

Progress = Callable[[float], None]


def start_backfill(*, name: str, file: Any, zone: str, by: Actor) -> Backfill:
    """Keep an uploaded file and have it looked at; nothing is stored yet.

    `file` is readable in binary. Raises `Forbidden`, or `Invalid` for what cannot be a table.
    """
    permit(by, ADD)
    ending = Path(name).suffix.lower()
    if ending not in ENDINGS:
        raise Invalid(
            "请上传 CSV、Excel 或 Parquet 文件", errors={"file": ["应为 CSV、Excel 或 Parquet"]}
        )
    zone_of(zone)
    identity = new_id()
    path = workspace.directory() / FOLDER / f"{identity}{ending}"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as target:
        shutil.copyfileobj(file, target)
    if path.stat().st_size > MOST_BYTES:
        path.unlink()
        raise Invalid("文件超过 200 MB，请分成几个文件", errors={"file": ["文件太大"]})
    with transaction.atomic():
        made = Backfill.objects.create(
            id=identity, name=Path(name).name[:200], path=f"{FOLDER}/{path.name}", zone=zone,
            region=by.region, by=by.ref, at=clock.now(),
        )  # fmt: skip
        made.job = enqueue("sense.backfill.check", {"identity": identity}, by=by, unique=identity)
        made.save(update_fields=["job"])
    return made


def zone_of(name: str) -> ZoneInfo:
    """Find a time zone; `Invalid` when there is none of this name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Invalid(
            f"不认识的时区「{name}」，例：Asia/Shanghai、UTC", errors={"zone": ["不认识的时区"]}
        ) from None


def check_backfill(*, identity: str, by: Actor, progress: Progress) -> None:
    """Read a kept file and note what would become of its rows."""
    from anlan.protocols.observations.files import read_file
    from anlan.sense.relay.examining import examine

    made = backfill_of(identity=identity, by=by)
    mine = Backfill.objects.filter(pk=identity, state="reading")
    try:
        report = examine(
            read_file(_path(made), zone_of(made.zone)),
            lambda done, _: progress(done),
            who=_vouched(by),
            bounds=bounds(),
        )
    except Unavailable:
        raise
    except AnlanError as error:
        mine.update(state="failed", error=error.detail, ended_at=clock.now())
        _path(made).unlink(missing_ok=True)
        return
    mine.update(
        state="checked", rows=report.rows, good=report.accepted, late=report.late,
        outlived=report.outlived,
        refused=report.rejected, streams=len(report.streams), since=_moment(report.since_ms),
        until=_moment(report.until_ms), sample=report.sample, troubles=_troubles(report),
    )  # fmt: skip


def accept_backfill(*, identity: str, by: Actor) -> Backfill:
    """Have the good rows stored; the others stay out and stay listed.

    What was given up on the way, because the ingest process was away too long, is gone on with.
    """
    permit(by, ADD)
    with transaction.atomic():
        made = backfill_of(identity=identity, by=by)
        waiting = Backfill.objects.filter(pk=identity, state="checked", good__gt=0)
        if not waiting.update(state="writing") and not _given_up(made):
            raise Conflict(f"这次补录{made.get_state_display()}，不能再确认")
        job = enqueue("sense.backfill.write", {"identity": identity}, by=by, unique=identity)
        Backfill.objects.filter(pk=identity).update(job=job)
        record(
            deed=deed_names.BACKFILL["accepted"], by=by, subject=("backfills", identity),
            region=by.region, facts={"name": made.name, "rows": made.rows, "good": made.good},
        )  # fmt: skip
    return backfill_of(identity=identity, by=by)


def _given_up(made: Backfill) -> bool:
    job = jobs.job(made.job)
    return made.state == "writing" and job is not None and job.state == "failed"


def write_backfill(*, identity: str, by: Actor, progress: Progress) -> None:
    """Store the good rows of an accepted file; cut off, it goes on where it was.

    What was stored just before it was cut off counts as known then, and nothing is stored twice.
    """
    from anlan.protocols.observations.files import read_file
    from anlan.sense.relay.backfill import send

    made = backfill_of(identity=identity, by=by)
    if made.state != "writing":
        return
    before = Report(
        made.written, made.accepted, made.duplicates, made.late if made.written else 0,
        made.outlived if made.written else 0,
        made.refused if made.written else 0,
        [Trouble(**one) for one in made.troubles] if made.written else [],
    )  # fmt: skip

    def noted(done: float, report: Report) -> None:
        Backfill.objects.filter(pk=identity).update(**_counts(report))
        progress(done)

    report = send(
        workspace.directory(),
        read_file(_path(made), zone_of(made.zone)),
        noted,
        who=_vouched(by),
        bounds=bounds(),
        before=before,
    )
    with transaction.atomic():
        Backfill.objects.filter(pk=identity).update(
            state="done", ended_at=clock.now(), **_counts(report)
        )
        record(
            deed=deed_names.BACKFILL["stored"], by=by, subject=("backfills", identity),
            region=by.region,
            facts={
                "name": made.name, "rows": report.rows, "accepted": report.accepted,
                "duplicates": report.duplicates, "late": report.late, "outlived": report.outlived,
                "refused": report.rejected,
                "since": made.since and made.since.isoformat(),
                "until": made.until and made.until.isoformat(),
            },
        )  # fmt: skip
    _path(made).unlink(missing_ok=True)


def discard_backfill(*, identity: str, by: Actor) -> None:
    """Let go of a file that shall not be stored."""
    made = backfill_of(identity=identity, by=by)
    waiting = ("reading", "checked", "failed")
    if not Backfill.objects.filter(pk=identity, state__in=waiting).update(
        state="discarded", ended_at=clock.now(), troubles=[], sample=[]
    ):
        raise Conflict("这次补录已经写入或正在写入")
    _path(made).unlink(missing_ok=True)


def sweep_backfills() -> int:
    """Let go of files nobody accepted, and of the refused rows of old ones; returns how many."""
    old = Backfill.objects.filter(at__lt=clock.now() - KEPT)
    waiting = old.filter(state__in=("reading", "checked", "failed"))
    for made in waiting:
        _path(made).unlink(missing_ok=True)
    gone = waiting.update(state="discarded", ended_at=clock.now())
    old.filter(state__in=("done", "discarded")).exclude(troubles=[], sample=[]).update(
        troubles=[], sample=[]
    )
    return gone


def backfill_of(*, identity: str, by: Actor) -> Backfill:
    """Read one's own file; `Missing` for anybody else's."""
    made = Backfill.objects.filter(pk=identity, by=by.ref).first()
    if made is None:
        raise Missing("没有这次补录")
    return made


def _vouched(by: Actor) -> Any:
    """Name who vouches, with the streams they may write as of now."""
    from anlan.sense.relay.backfill import Vouched

    who = sender(by)
    return Vouched(who.ref, None if who.numbers is None else sorted(who.numbers))


def _path(made: Backfill) -> Path:
    return workspace.directory() / made.path


def _moment(ms: int | None) -> datetime | None:
    return None if ms is None else datetime.fromtimestamp(ms / 1000, UTC)


def _troubles(report: Report) -> list[dict[str, Any]]:
    return [asdict(one) for one in report.troubles]


def _counts(report: Report) -> dict[str, Any]:
    return {
        "written": report.rows, "accepted": report.accepted, "duplicates": report.duplicates,
        "late": report.late, "outlived": report.outlived,
        "refused": report.rejected, "troubles": _troubles(report),
    }  # fmt: skip
