from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Work that outlives a request."""

    name = "anlan.base.jobs"
    label = "jobs"
    verbose_name = "后台作业"
