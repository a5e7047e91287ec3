from django.apps import AppConfig


class SenseConfig(AppConfig):
    name = "anlan.sense"
    label = "sense"
    verbose_name = "监测感知"

    def ready(self) -> None:
        """Declare jobs, the obligation, and what goes with the registers."""
        from anlan.sense import jobs, registers, standing  # noqa: F401
        from anlan.sense.services import streams  # noqa: F401
