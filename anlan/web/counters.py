"""What the platform counts of itself, as Prometheus text.

Both web processes write to ``DIR/run/metrics`` (set by the server before this is imported), so
that either of them answers for both.
"""

import os
from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from anlan.base.jobs.selectors import worker_state
from anlan.base.outbox import selectors as outbox
from anlan.base.permissions.models import Session
from anlan.web.opened import open_to

REQUESTS = Counter(
    "anlan_http_requests_total", "Answers by method and status", ("method", "status")
)
SECONDS = Histogram(
    "anlan_http_seconds",
    "Time from request to answer",
    buckets=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0),
)
STREAMS = Gauge("anlan_streams", "Open event streams", multiprocess_mode="livesum")


def metrics(request: HttpRequest) -> HttpResponse:
    """Answer ``/metrics``."""
    open_to(request, "metrics", "metrics.view")
    return HttpResponse(
        _counted() + generate_latest(_looked_up()), content_type=CONTENT_TYPE_LATEST
    )


def _counted() -> bytes:
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest()
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)


class _LookedUp(Collector):
    """Figures that lie in the database: read when asked, kept in no process's files."""

    def collect(self) -> Iterator[Metric]:
        """Read them."""
        work = worker_state()
        age = outbox.oldest_age()
        figures = {
            "anlan_workers": ("Worker processes alive", work.workers),
            "anlan_jobs_waiting": ("Jobs due and waiting", work.waiting),
            "anlan_jobs_failed": ("Jobs that failed", work.failed),
            "anlan_outbox_waiting": ("Deliveries to be made", outbox.waiting()),
            "anlan_outbox_oldest_seconds": ("Age of the oldest", age.total_seconds() if age else 0),
            "anlan_outbox_parked": ("Deliveries given up", outbox.parked().count()),
            "anlan_sessions": ("Sessions kept", Session.objects.count()),
        }
        for name, (meaning, value) in figures.items():
            yield GaugeMetricFamily(name, meaning, value=value)


def _looked_up() -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(_LookedUp())
    return registry
