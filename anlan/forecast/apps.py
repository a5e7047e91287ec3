from django.apps import AppConfig


class ForecastConfig(AppConfig):
    name = "anlan.forecast"
    label = "forecast"
    verbose_name = "预报"

    def ready(self) -> None:
        """Declare jobs, registers and what people owe."""
        from anlan.forecast import jobs, registers, standing  # noqa: F401
