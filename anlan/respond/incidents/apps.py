from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    name = "anlan.respond.incidents"
    label = "incidents"
    verbose_name = "突发事件"

    def ready(self) -> None:
        """Declare what is owed about incidents."""
        from anlan.respond.incidents import standing  # noqa: F401
