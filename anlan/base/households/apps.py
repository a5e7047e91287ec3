from django.apps import AppConfig


class HouseholdsConfig(AppConfig):
    name = "anlan.base.households"
    label = "households"
    verbose_name = "受威胁群众"

    def ready(self) -> None:
        """Declare the registers."""
        from anlan.base.households import registers  # noqa: F401
