"""Is the journal as it was written? Walks everything and names the first entry that is not."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, connection
from django.db.models import Exists, OuterRef

from anlan.base.journal import anchors, raw
from anlan.base.journal.anchors import Anchor
from anlan.base.journal.canonical import GENESIS, link, sm3
from anlan.base.journal.models import Detail, Entry


@dataclass(frozen=True)
class Verdict:
    """What was found."""

    ok: bool
    #: Chained entries walked; with a case, those of the case.
    entries: int
    #: Number in the chain of the first entry that is not as it was written; None when none is, or
    #: when what is broken is not an entry (`fault` says).
    first_broken: int | None = None
    #: What is wrong, a sentence; "" when nothing is.
    fault: str = ""
    #: The last entry of the chain and its value.
    head: int = 0
    chain: str = ""
    #: Entries still waiting for the leader.
    unchained: int = 0
    #: Signed heads compared with the chain.
    anchors: int = 0


class _Broken(Exception):
    def __init__(self, seq: int | None, fault: str) -> None:
        super().__init__(fault)
        self.seq, self.fault = seq, fault


def verify(case: str | None = None, *, progress: Callable[[int], None] | None = None) -> Verdict:
    """Walk the whole chain; a case limits only whose details are read and counted.

    Found is any change of any column of entry or detail, any entry removed, added or moved, and an
    end cut off behind a signed head.
    """
    walk = _Walk(progress)
    try:
        signed = _genuine_anchors()
        walk.through(case, signed)
        _check_end(walk.head, signed)
        _check_strays()
        return walk.verdict(anchors=len(signed), unchained=Entry.objects.filter(seq=None).count())
    except _Broken as broken:
        return walk.verdict(ok=False, first_broken=broken.seq, fault=broken.fault)
    except DatabaseError as error:
        following = walk.head + 1
        fault = f"数据库在第 {following} 条附近无法读取：{error}"
        return walk.verdict(ok=False, first_broken=following, fault=fault)


class _Walk:
    """Compares every entry with the one before it, and remembers how far it came."""

    def __init__(self, progress: Callable[[int], None] | None) -> None:
        self.head, self.chain, self.counted = 0, GENESIS, 0
        self._progress = progress

    def through(self, case: str | None, signed: list[Anchor]) -> None:
        """Walk to the end, or to the first entry that is broken."""
        by_seq: dict[int, list[Anchor]] = {}
        for made in signed:
            by_seq.setdefault(made.seq, []).append(made)
        for entry in raw.entries(case):
            _check_entry(entry, self.head, self.chain, by_seq.get(entry.seq, []))
            self.head, self.chain = entry.seq, entry.chain
            self.counted += entry.detail is not None
            if self._progress and self.head % raw.BATCH == 0:
                self._progress(self.head)

    def verdict(self, *, ok: bool = True, **found: Any) -> Verdict:
        """Say what is known now."""
        return Verdict(ok, self.counted, head=self.head, chain=self.chain.hex(), **found)


def _check_entry(entry: raw.RawEntry, head: int, chain: bytes, signed: list[Anchor]) -> None:
    seq = head + 1
    if entry.seq != seq:
        raise _Broken(seq, f"第 {seq} 条缺失或被移动")
    if entry.fields is None:
        raise _Broken(seq, f"第 {seq} 条的形式被改动，或其详情缺失")
    if entry.detail is not None and sm3(*entry.detail) != entry.digest:
        raise _Broken(seq, f"第 {seq} 条的详情与摘要不符")
    if link(chain, seq, entry.fields, entry.digest) != entry.chain:
        raise _Broken(seq, f"第 {seq} 条与链值不符")
    for made in signed:
        if made.chain != entry.chain.hex():
            raise _Broken(seq, f"第 {seq} 条之前的链与 {made.at} 签署的链值不符，整条链被重写过")


def _genuine_anchors() -> list[Anchor]:
    """Read the signed heads; one that was changed, or signed with another key, is a finding."""
    ours = anchors.public_key()
    found = []
    for name, made in anchors.kept():
        if made is None or not made.is_genuine() or ours not in (None, made.public_key):
            raise _Broken(None, f"锚定文件 {name} 被改动，或不是用本工作区的密钥签署的")
        found.append(made)
    return found


def _check_end(head: int, signed: list[Anchor]) -> None:
    beyond = [made for made in signed if made.seq > head]
    if beyond:
        last = max(beyond, key=lambda made: made.seq)
        raise _Broken(head + 1, f"链在第 {head} 条之后被截断：{last.at} 签署时有 {last.seq} 条")


def _check_strays() -> None:
    """Look for rows the walk cannot meet."""
    theirs = Entry.objects.filter(pk=OuterRef("pk"))
    stray = Detail.objects.exclude(Exists(theirs)).values_list("pk", flat=True).first()
    if stray is not None:
        raise _Broken(None, f"详情 {stray} 没有对应的条目")
    half = Entry.objects.filter(seq=None).exclude(chain=None).values_list("pk", flat=True).first()
    if half is not None:
        raise _Broken(None, f"条目 {half} 有链值而没有序号")
    _check_waiting()
    _check_indexes()


def _check_waiting() -> None:
    """Entries not chained yet must at least agree with their details."""
    waiting = Entry.objects.filter(seq=None).select_related("detail").order_by("pk")
    for entry in waiting.iterator():
        detail = getattr(entry, "detail", None)
        if detail is None or sm3(bytes(detail.salt), detail.body.encode()) != bytes(entry.digest):
            raise _Broken(None, f"条目 {entry.pk}（尚未入链）的详情与摘要不符")


def _check_indexes() -> None:
    """SQLite: an index that differs from its table would hide rows from everybody else."""
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        for table in ("journal_entry", "journal_detail"):
            cursor.execute(f"PRAGMA integrity_check({table})")
            told = cursor.fetchone()[0]
            if told != "ok":
                raise _Broken(None, f"数据库表 {table} 的存储已损坏：{told}")
