from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JobsConfig(AppConfig):
    """Work that outlives a request."""

    name = "anlan.base.jobs"
    label = "jobs"
    verbose_name = "后台作业"

    def ready(self) -> None:
        """Find the jobs every module declares in its ``jobs.py``: whoever enqueues must know."""
        autodiscover_modules("jobs")
