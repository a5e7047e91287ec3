"""One pull of one source: ask, map, hand over, and only then remember how far it went."""

import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass, replace

import numpy as np

from anlan.gateways.sources.calling import CallFailed
from anlan.gateways.sources.declaration import Declaration
from anlan.gateways.sources.paging import Step, Walk
from anlan.gateways.sources.states import Counts
from anlan.gateways.sources.trying import Target, Try
from anlan.gateways.sources.windows import SEAM_MS, Span, first_chunk, plan, without
from anlan.kernel.clock import local
from anlan.kernel.errors import AnlanError
from anlan.protocols.declared.moments import moment_of, spoken
from anlan.protocols.mapping import Mapped
from anlan.protocols.observations import Decoded
from anlan.sense.receipts import Receipt

#: Hands columns over, ``submit(decoded, source, backfill)``; the future ends when what the source
#: may write of them is durable.
Submit = Callable[[Decoded, Declaration, bool], "Future[Receipt]"]

#: Pages handed over and not yet durable; then the other side waits.
MOST_PENDING = 4
DURABLE_S = 60.0
#: Chunks of gaps filled in one pull; then what is new comes first again.
MOST_CHUNKS = 48


@dataclass(frozen=True, slots=True)
class _Pending:
    """A page on its way into the store."""

    mapped: Mapped
    part: Decoded
    backfill: bool
    future: "Future[Receipt]"


class Pull(Try):
    """One pull of observations."""

    def __init__(self, target: Target, submit: Submit) -> None:
        super().__init__(target)
        self._submit = submit
        self._pending: list[_Pending] = []

    def _work(self) -> None:
        window = self.declaration.window
        if window is None:
            self._ask_all({}, cursor=self.state.cursor)
            self._refuse_nothing_mapped()
            return
        planned = plan(window, self.state.good_until_ms, self.state.gaps, self._now_ms)
        for lost in planned.given_up:
            self._notes.append(f"太久以前，不再补采：{_said(lost)}")
        self._ask_span(planned.live)
        self._refuse_nothing_mapped()
        self.state = replace(self.state, good_until_ms=planned.live.end_ms, gaps=planned.gaps)
        self._keep(self.state, None)
        self._fill_gaps()

    def _fill_gaps(self) -> None:
        """Fill what an outage left out; trouble with it leaves what is new alone."""
        window = self.declaration.window
        assert window is not None
        until = time.monotonic() + self.declaration.schedule.every_s
        for _ in range(MOST_CHUNKS):
            if not self.state.gaps or self._means.wait(0) or time.monotonic() > until:
                return
            chunk = first_chunk(self.state.gaps[0], window)
            try:
                self._ask_span(Span(chunk.start_ms - SEAM_MS, chunk.end_ms), backfill=True)
            except CallFailed as failed:
                self._notes.append(f"补采 {_said(chunk)} 失败：{failed.detail}")
                return
            self.state = replace(self.state, gaps=without(self.state.gaps, chunk))
            self._keep(self.state, None)

    def _ask_span(self, span: Span, *, backfill: bool = False) -> None:
        told = {"from": moment_of(span.start_ms), "to": moment_of(span.end_ms)}
        self._ask_all(told, backfill=backfill)

    def _ask_all(
        self, told: Mapping[str, object], *, cursor: str = "", backfill: bool = False
    ) -> None:
        """Ask everything of one span and wait until all of it is durable."""
        assert self._talk is not None
        keeps = self.declaration.paging.keep
        for each in self.declaration.each or ("",):
            walk = Walk(self._talk, {**told, "each": each}, cursor if keeps else "")
            for step in walk.steps():
                self._take(step, backfill=backfill)
                if keeps:
                    self._settle(0)
                    self._keep_cursor(step.cursor)
            self._notes += walk.notes
        self._settle(0)

    def _keep_cursor(self, cursor: str) -> None:
        if not self._took_nothing():
            self.state = replace(self.state, cursor=cursor)
            self._keep(self.state, None)

    def _take(self, step: Step, *, backfill: bool) -> None:
        mapped = step.mapped
        self._counts = replace(
            self._counts,
            records=self._counts.records + mapped.records,
            missing=self._counts.missing + mapped.missing,
            ignored=self._counts.ignored + mapped.ignored,
        )
        if mapped.records:
            here = set(mapped.absent)
            self._absent = here if self._absent is None else here & self._absent
        for one in mapped.rejected:
            self._sample(one.field, one.reason, one.sample)
        late_ms = self._now_ms - round(self.declaration.schedule.late_s * 1000)
        for part, late in _parts(mapped.decoded, late_ms, everything=backfill):
            try:
                future = self._submit(part, self.declaration, late)
            except AnlanError as error:
                raise CallFailed("store", f"没有存好：{error.detail}") from error
            self._pending.append(_Pending(mapped, part, late, future))
        self._settle(MOST_PENDING)

    def _settle(self, left: int) -> None:
        """Wait until no more than so many pages are on their way."""
        while len(self._pending) > left:
            self._count(self._pending.pop(0))

    def _count(self, pending: _Pending) -> None:
        try:
            receipt = pending.future.result(DURABLE_S)
        except FutureTimeout as error:
            raise CallFailed("store", f"{DURABLE_S:g} 秒内没有存好，稍后重取") from error
        except AnlanError as error:
            raise CallFailed("store", f"没有存好：{error.detail}") from error
        stored = receipt.accepted + receipt.duplicates
        self._counts = self._counts.plus(
            Counts(
                accepted=receipt.accepted,
                duplicates=receipt.duplicates,
                rejected=len(receipt.rejected),
                backfilled=stored if pending.backfill else 0,
            )
        )
        self._newest(pending, receipt)

    def _newest(self, pending: _Pending, receipt: Receipt) -> None:
        """Note the newest time that was taken, and show what was refused after mapping."""
        part = pending.part
        known = {one.index for one in part.rejected}
        refused = {one.index: one.reason for one in receipt.rejected if one.index not in known}
        for at in np.flatnonzero(np.isin(part.index, list(refused))):
            code = part.codes[part.stream[at]]
            moment = local(moment_of(int(part.time[at])))
            shown = f"{code} {moment:%Y-%m-%d %H:%M:%S} {part.value[at]:g}"
            self._sample(code, refused[int(part.index[at])], shown)
        taken = part.time[~np.isin(part.index, list(refused))]
        if len(taken):
            # A clock of theirs that runs ahead must not make the source look fresh for ever.
            newest = max(min(int(taken.max()), self._now_ms), self.state.newest_ms or 0)
            self.state = replace(self.state, newest_ms=newest)

    def _settle_quietly(self) -> None:
        """After a failure: what is on its way still counts when it arrives."""
        while self._pending:
            try:
                self._settle(0)
            except CallFailed:
                continue

    def _refuse_nothing_mapped(self) -> None:
        """Refuse to go on past rows of which not one was taken: the declaration is wrong."""
        if self._took_nothing():
            why = self._samples[-1].reason if self._samples else ""
            count = self._counts.records
            raise CallFailed("nothing", f"取得 {count} 条记录，一个值也没有收下；例如：{why}")

    def _took_nothing(self) -> bool:
        got = self._counts
        return got.rejected > 0 and not got.accepted + got.duplicates


def _parts(decoded: Decoded, late_ms: int, *, everything: bool) -> Iterator[tuple[Decoded, bool]]:
    """Divide what comes late from what is new; rejected rows go with the first part."""
    late = np.full(len(decoded), fill_value=True) if everything else decoded.time < late_ms
    rejected = decoded.rejected
    for wanted in (False, True):
        chosen = late == wanted
        count = int(chosen.sum())
        last = wanted and rejected
        if not count and not last:
            continue
        yield (
            replace(
                decoded,
                stream=decoded.stream[chosen],
                time=decoded.time[chosen],
                value=decoded.value[chosen],
                index=decoded.index[chosen],
                unit=None if decoded.unit is None else decoded.unit[chosen],
                sent=count + len(rejected),
                rejected=rejected,
            ),
            wanted,
        )
        rejected = []


def _said(span: Span) -> str:
    start, end = (local(moment_of(it)) for it in (span.start_ms, span.end_ms))
    length = spoken((span.end_ms - span.start_ms) / 1000)
    return f"{start:%Y-%m-%d %H:%M} 至 {end:%m-%d %H:%M}（{length}）"
