"""Deeds on attachments: hang one on a thing, take it away, destroy all of a thing."""

import unicodedata
from collections.abc import Collection

from django.db import transaction
from django.db.models import QuerySet

from anlan.base.files import store
from anlan.base.files.models import File
from anlan.base.files.sniffing import sniff
from anlan.base.journal.deeds import name_deed
from anlan.base.journal.services import record
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import permit
from anlan.kernel import clock
from anlan.kernel.errors import Invalid, Missing

#: Bytes of one attachment, and attachments of one thing.
LARGEST = 20 * 1024 * 1024
MOST = 100

ADDED = name_deed("files.added", "上传附件", "Attached a file")
REMOVED = name_deed("files.removed", "删除附件", "Removed a file")


def add_file(
    *, name: str, content: bytes, subject: tuple[str, str], region: str, by: Actor
) -> File:
    """Hang an attachment on a thing (kind, id) in a region.

    Raises `Invalid` when it is empty, larger than `LARGEST`, of a kind that is not taken, or one
    too many; `Forbidden` without the right ``files.add`` there.
    """
    permit(by, "files.add", region)
    return hang_file(name=name, content=content, subject=subject, region=region, by=by)


def hang_file(
    *,
    name: str,
    content: bytes,
    subject: tuple[str, str],
    region: str,
    by: Actor,
    person: str = "",
) -> File:
    """Hang an attachment for a service that has asked whether the actor may.

    Who comes by a link has no role at all, and may still speak about the one thing it leads to.
    `person` is who is heard or seen in it.
    """
    mime = _checked(content)
    kind, subject_id = subject
    sm3 = store.put(content)
    with transaction.atomic():
        if File.objects.filter(subject_kind=kind, subject=subject_id).count() >= MOST:
            raise Invalid(f"一个对象最多 {MOST} 个附件", errors={"file": ["附件太多"]})
        file = File(
            name=clean_name(name), size=len(content), mime=mime, sm3=sm3, subject_kind=kind,
            subject=subject_id, region=region, person=person, by=by.ref, at=clock.now(),
        )  # fmt: skip
        file.save(force_insert=True)
        record(
            deed=ADDED, by=by, subject=subject, region=region,
            facts={"file": file.pk, "size": file.size, "mime": mime, "sm3": sm3},
        )  # fmt: skip
    return file


def _checked(content: bytes) -> str:
    if not content:
        raise Invalid("文件是空的", errors={"file": ["文件是空的"]})
    if len(content) > LARGEST:
        megabytes = LARGEST // 1024 // 1024
        raise Invalid(f"文件超过 {megabytes} MB", errors={"file": [f"文件超过 {megabytes} MB"]})
    mime = sniff(content)
    if mime is None:
        why = "不收这种文件：可用图片、音视频、PDF、Office 文档（不含宏）、压缩包、纯文本"
        raise Invalid(why, errors={"file": [why]})
    return mime


def clean_name(name: str) -> str:
    """Keep the last part of a name, without what a header or a path could trip over."""
    last = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(char for char in last if unicodedata.category(char)[0] != "C").strip(" .")
    return kept[-200:] or "附件"


def remove_file(*, file: File, by: Actor) -> None:
    """Take an attachment away: one's own, or of a row one may edit.

    Its bytes go when nothing else has the same.
    """
    if file.by != by.ref:
        permit(by, f"{file.subject_kind}.edit", file.region)
    permit(by, "files.add", file.region)
    with transaction.atomic():
        if not File.objects.filter(pk=file.pk).delete()[0]:
            raise Missing("没有这个附件")
        record(
            deed=REMOVED, by=by, subject=(file.subject_kind, file.subject), region=file.region,
            facts={"file": file.pk},
        )  # fmt: skip
        _wipe_unused({file.sm3})


def destroy_files(*, subject_kind: str, subjects: Collection[str]) -> int:
    """Destroy every attachment of some things, in the caller's transaction; the caller journals."""
    return _destroy(File.objects.filter(subject_kind=subject_kind, subject__in=list(subjects)))


def destroy_files_of(person: str) -> int:
    """Destroy whatever somebody is heard or seen in, in the caller's transaction."""
    return _destroy(File.objects.filter(person=person)) if person else 0


def _destroy(gone: "QuerySet[File]") -> int:
    digests = set(gone.values_list("sm3", flat=True))
    count = gone.delete()[0]
    _wipe_unused(digests)
    return count


def _wipe_unused(digests: Collection[str]) -> None:
    """Remove bytes nobody refers to, once the transaction stands."""
    used = set(File.objects.filter(sm3__in=list(digests)).values_list("sm3", flat=True))
    for sm3 in set(digests) - used:
        transaction.on_commit(lambda sm3=sm3: store.wipe(sm3))  # type: ignore[misc]
