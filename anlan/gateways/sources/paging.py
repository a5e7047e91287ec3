"""Walking the pages of one answer, and knowing when they end."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

from anlan.gateways.sources.calling import CallFailed
from anlan.gateways.sources.conversation import Conversation, Page
from anlan.gateways.sources.declaration.declared import Paging
from anlan.gateways.sources.declaration.requests import plain
from anlan.protocols.mapping import Mapped, Unlike, columns_of
from anlan.protocols.mapping.selectors import Scope


@dataclass(frozen=True, slots=True)
class Step:
    """One page, mapped, and the cursor that stands behind it."""

    page: Page
    mapped: Mapped
    cursor: str = ""
    #: Whether another page follows.
    more: bool = False


@dataclass(slots=True)
class _At:
    """Where the walk is."""

    page: int
    fetched: int = 0
    cursor: str = ""
    url: str = ""
    last: tuple[Any, ...] = field(default_factory=tuple)


class Walk:
    """One walk over the pages. `notes` says afterwards what was odd without being a failure."""

    def __init__(
        self, conversation: Conversation, told: Mapping[str, Any], cursor: str = ""
    ) -> None:
        self._talk = conversation
        self._told = told
        self._paging: Paging = conversation.declaration.paging
        self._at = _At(self._paging.first, cursor=cursor or self._paging.start)
        self.notes: list[str] = []

    def steps(self) -> Iterator[Step]:
        """Ask for page after page; `CallFailed` where the walk cannot go on."""
        at, paging = self._at, self._paging
        for number in range(1, paging.most + 1):
            page = self._ask()
            mapped = self._map(page)
            self._refuse_repetition(mapped, number)
            at.fetched += mapped.records
            more = self._goes_on(page, mapped)
            yield Step(page, mapped, at.cursor, more)
            if not more:
                return
            at.page += 1
        raise CallFailed("answer", f"翻了 {paging.most} 页还没有结束，请核对 paging 的结束条件")

    def _ask(self) -> Page:
        at, paging = self._at, self._paging
        known = {
            **self._told,
            "page": at.page,
            "size": paging.size,
            "offset": paging.first + at.fetched,
            "cursor": at.cursor,
        }
        return self._talk.ask(known, at.url)

    def _map(self, page: Page) -> Mapped:
        outside = {"each": str(self._told.get("each", ""))}
        try:
            return columns_of(page.tree, self._talk.declaration.mapping, outside)
        except Unlike as error:
            raise CallFailed("answer", self._talk.blotter.clean(error.detail)) from error

    def _refuse_repetition(self, mapped: Mapped, number: int) -> None:
        """Refuse a page that is the one before again: the other side does not turn pages."""
        found = mapped.decoded
        print_ = (
            tuple(found.codes),
            *(it.tobytes() for it in (found.stream, found.time, found.value)),
        )
        if mapped.records and len(found) and print_ == self._at.last:
            raise CallFailed(
                "answer", f"第 {number} 页与前一页完全相同，对方没有理会翻页参数，请核对 paging"
            )
        self._at.last = print_

    def _goes_on(self, page: Page, mapped: Mapped) -> bool:
        scope = Scope(page.tree, (), page.tree)
        if self._paging.kind == "none":
            return False
        if self._paging.kind == "next":
            return self._follow(scope)
        if self._paging.kind == "cursor" and not self._advance(scope):
            return False
        if not mapped.records:
            self._tell_missing(scope)
            return False
        return self._expects_more(scope, mapped.records)

    def _expects_more(self, scope: Scope, records: int) -> bool:
        paging = self._paging
        if paging.end == "short":
            return records >= paging.size
        if paging.end == "total":
            return self._at.fetched < self._total(scope)
        if paging.end == "flag" and paging.more:
            return plain(paging.more.path.find(scope)) in paging.more.values
        return True

    def _total(self, scope: Scope) -> int:
        assert self._paging.total is not None
        told = plain(self._paging.total.find(scope))
        if not told.isdecimal():
            raise CallFailed("answer", f"回答里没有总数「{self._paging.total.text}」")
        return int(told)

    def _tell_missing(self, scope: Scope) -> None:
        if self._paging.end == "total" and self._at.fetched < (total := self._total(scope)):
            self.notes.append(f"对方说共 {total} 条，翻完所有页只有 {self._at.fetched} 条")

    def _advance(self, scope: Scope) -> bool:
        assert self._paging.next is not None
        found = plain(self._paging.next.find(scope))
        if not found or found == self._at.cursor:
            return False
        self._at.cursor = found
        return True

    def _follow(self, scope: Scope) -> bool:
        assert self._paging.next is not None
        link = plain(self._paging.next.find(scope))
        if not link:
            return False
        declared = self._talk.declaration.request.url.text
        url = urljoin(self._at.url or declared, link)
        if urlsplit(url)[:2] != urlsplit(declared)[:2]:
            raise CallFailed("answer", f"下一页指向别的主机 {urlsplit(url).netloc}，不跟过去")
        self._at.url = url
        return True
