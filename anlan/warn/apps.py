from django.apps import AppConfig


class WarnConfig(AppConfig):
    name = "anlan.warn"
    label = "warn"
    verbose_name = "预警"

    def ready(self) -> None:
        """Declare jobs, what people owe, and what follows from other modules' facts."""
        from anlan.warn import calling, handlers, jobs, standing  # noqa: F401
