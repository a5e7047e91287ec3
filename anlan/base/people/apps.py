from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "anlan.base.people"
    label = "people"
    verbose_name = "单位与人员"

    def ready(self) -> None:
        """Declare the registers."""
        from anlan.base.people import registers  # noqa: F401
