"""Bringing a sheet in: check, look, accept. Nothing is written before somebody accepts it."""

import shutil
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import transaction

from anlan.base.jobs.services import enqueue
from anlan.base.journal.services import Deed, record_many
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import permit
from anlan.base.register.excel.checking import Report, batches
from anlan.base.register.excel.reading import Trouble
from anlan.base.register.models import Import
from anlan.base.register.registry import REGISTERS, Register
from anlan.base.register.services.rows import foresee, save_rows
from anlan.kernel import clock, workspace
from anlan.kernel.errors import AnlanError, Conflict, Invalid, Missing
from anlan.kernel.ids import new_id

FOLDER = "imports"
#: So long a sheet waits to be accepted, and its troubles stay to be read.
KEPT = timedelta(days=2)
MOST_BYTES = 64 * 1024 * 1024

Progress = Callable[[float], None]


def start_import(*, entry: Register, name: str, file: Any, by: Actor) -> Import:
    """Keep an uploaded workbook and have it checked; nothing is written to the register yet.

    `file` is readable in binary. Raises `Forbidden`, or `Invalid` for what is no workbook.
    """
    permit(by, entry.action("import"))
    if not name.lower().endswith(".xlsx"):
        raise Invalid("请上传 .xlsx 文件（用模板另存）", errors={"file": ["应为 .xlsx 文件"]})
    identity = new_id()
    path = workspace.directory() / FOLDER / f"{identity}.xlsx"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as target:
        shutil.copyfileobj(file, target)
    if path.stat().st_size > MOST_BYTES:
        path.unlink()
        raise Invalid("文件超过 64 MB，请分成几个文件", errors={"file": ["文件太大"]})
    with transaction.atomic():
        made = Import.objects.create(
            id=identity,
            register=entry.key,
            name=Path(name).name[:200],
            path=f"{FOLDER}/{path.name}",
            by=by.ref,
            at=clock.now(),
        )
        made.job = enqueue("register.check", {"identity": identity}, by=by, unique=identity)
        made.save(update_fields=["job"])
    return made


def check_import(*, identity: str, by: Actor, progress: Progress) -> None:
    """Read a kept workbook and note what it would do."""
    made = _find(identity, by)
    entry = REGISTERS[made.register]
    report = Report()
    try:
        for changes in batches(entry, _path(made), by, report=report, progress=progress):
            for state in foresee(entry=entry, changes=changes, by=by):
                setattr(report, state, getattr(report, state) + 1)
    except AnlanError as error:
        Import.objects.filter(pk=identity, state="reading").update(
            state="failed", error=error.detail
        )
        _path(made).unlink(missing_ok=True)
        return
    Import.objects.filter(pk=identity, state="reading").update(state="checked", **_counts(report))


def accept_import(*, identity: str, by: Actor) -> Import:
    """Have the good rows written; the bad ones stay out and stay listed."""
    with transaction.atomic():
        made = _find(identity, by)
        permit(by, REGISTERS[made.register].action("import"))
        if not Import.objects.filter(pk=identity, state="checked").update(state="writing"):
            raise Conflict(f"这次导入{made.get_state_display()}，不能再确认")
        job = enqueue("register.write", {"identity": identity}, by=by, unique=identity)
        Import.objects.filter(pk=identity).update(job=job)
    return _find(identity, by)


def write_import(*, identity: str, by: Actor, progress: Progress) -> None:
    """Write the good rows of an accepted workbook; cut off, it is run again and loses nothing.

    Rows are checked anew: the register may have changed since. A thousand rows are a transaction.
    """
    made = _find(identity, by)
    if made.state != "writing":
        return
    entry = REGISTERS[made.register]
    report = Report()
    for changes in batches(entry, _path(made), by, report=report, progress=progress):
        for saved in save_rows(entry=entry, changes=changes, by=by):
            setattr(report, saved.state, getattr(report, saved.state) + 1)
    with transaction.atomic():
        Import.objects.filter(pk=identity).update(state="done", **_counts(report))
        record_many(
            [
                Deed(
                    deed=entry.action("imported"),
                    by=by,
                    subject=(entry.key, identity),
                    region=by.region,
                    facts={"added": report.added, "changed": report.changed, "bad": report.bad},
                )
            ]
        )
    _path(made).unlink(missing_ok=True)


def discard_import(*, identity: str, by: Actor) -> None:
    """Let go of a sheet that shall not be written; its file is deleted."""
    made = _find(identity, by)
    waiting = ("reading", "checked", "failed")
    if not Import.objects.filter(pk=identity, state__in=waiting).update(
        state="discarded", troubles=[]
    ):
        raise Conflict("这次导入已经写入或正在写入")
    _path(made).unlink(missing_ok=True)


def sweep_imports() -> int:
    """Let go of sheets nobody accepted, and of what was wrong with them; returns how many.

    Both may hold personal values in plain text, so they do not stay.
    """
    old = Import.objects.filter(at__lt=clock.now() - KEPT)
    for made in old.exclude(state__in=("discarded", "done")):
        _path(made).unlink(missing_ok=True)
    old.exclude(state__in=("discarded", "done", "writing")).update(state="discarded")
    return old.exclude(troubles=[]).update(troubles=[])


def import_of(*, identity: str, by: Actor) -> Import:
    """Read one's own import; `Missing` for anybody else's."""
    return _find(identity, by)


def _find(identity: str, by: Actor) -> Import:
    made = Import.objects.filter(pk=identity, by=by.ref).first()
    if made is None:
        raise Missing("没有这次导入")
    return made


def _path(made: Import) -> Path:
    return workspace.directory() / made.path


def _counts(report: Report) -> dict[str, Any]:
    troubles: list[Trouble] = report.troubles
    return {
        "rows": report.rows,
        "good": report.good,
        "bad": report.bad,
        "added": report.added,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "troubles": [asdict(trouble) for trouble in troubles],
    }
