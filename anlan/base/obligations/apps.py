from django.apps import AppConfig


class ObligationsConfig(AppConfig):
    name = "anlan.base.obligations"
    label = "obligations"
    verbose_name = "事项"

    def ready(self) -> None:
        from anlan.base.obligations import handlers, jobs, standing  # noqa: F401 - they declare
