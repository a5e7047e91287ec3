from django.apps import AppConfig


class ForecastConfig(AppConfig):
    name = "anlan.forecast"
    label = "forecast"
    verbose_name = "预报"

    def ready(self) -> None:
        """Declare jobs and registers."""
        from anlan.forecast import jobs, registers  # noqa: F401
