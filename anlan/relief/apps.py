from django.apps import AppConfig


class ReliefConfig(AppConfig):
    name = "anlan.relief"
    label = "relief"
    verbose_name = "灾情救助"

    def ready(self) -> None:
        """Declare the registers, the jobs and what is owed."""
        from anlan.relief import jobs, registers, standing  # noqa: F401
