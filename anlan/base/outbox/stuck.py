"""Parked deliveries, as the page of stuck things lists and mends them."""

from anlan.base.jobs.stuck import SOURCES, Source, Stuck
from anlan.base.outbox import selectors, services
from anlan.base.outbox.models import Delivery
from anlan.kernel.errors import Missing


def _parked(most: int) -> list[Stuck]:
    return [_stuck(row) for row in selectors.parked()[:most]]


def _stuck(row: Delivery) -> Stuck:
    told = f"{row.event.kind} → {row.handler.rpartition('.')[2]}"
    return Stuck(
        id=str(row.pk),
        title=told,
        title_en=told,
        at=row.event.at,
        tries=row.tries,
        error=row.error,
        case=row.case,
    )


def _number(text: str) -> int:
    if not text.isdecimal():
        raise Missing("没有这条投递")
    return int(text)


SOURCES.add(
    "events",
    Source(
        _parked,
        lambda: selectors.parked().count(),
        lambda text: services.retry(_number(text)),
        lambda text: services.drop(_number(text)),
    ),
)
