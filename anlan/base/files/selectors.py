"""Questions about attachments."""

from collections.abc import Collection
from typing import Any

from anlan.base.files.models import File
from anlan.base.permissions import selectors as permissions
from anlan.kernel.errors import Missing


def file(file_id: str) -> File:
    """Find an attachment; `Missing` when there is none. The caller asks the right."""
    found = File.objects.filter(pk=file_id).first()
    if found is None:
        raise Missing("没有这个附件")
    return found


def files_of(kind: str, subject: str) -> list[dict[str, Any]]:
    """List the attachments of a thing, the latest first, JSON-ready."""
    rows = list(File.objects.filter(subject_kind=kind, subject=subject).order_by("-id"))
    names = permissions.names_of({row.by for row in rows})
    return [describe(row, names.get(row.by, row.by)) for row in rows]


def hung_on(kind: str, subjects: Collection[str]) -> set[str]:
    """Tell which of many things have an attachment."""
    rows = File.objects.filter(subject_kind=kind, subject__in=subjects)
    return set(rows.values_list("subject", flat=True).distinct())


def describe(row: File, by_name: str) -> dict[str, Any]:
    """Say what an attachment is, JSON-ready."""
    return {
        "id": row.pk,
        "name": row.name,
        "size": row.size,
        "mime": row.mime,
        "sm3": row.sm3,
        "by": row.by,
        "by_name": by_name,
        "at": row.at,
        "url": f"/api/v1/files/{row.pk}",
    }
