from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    name = "anlan.respond.incidents"
    label = "incidents"
    verbose_name = "突发事件"

    def ready(self) -> None:
        """Declare what is owed about incidents, and what of them is open on a desk."""
        from anlan.respond.incidents import standing  # noqa: F401
        from anlan.respond.incidents.selectors import listers  # noqa: F401
