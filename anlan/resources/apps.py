from django.apps import AppConfig


class ResourcesConfig(AppConfig):
    name = "anlan.resources"
    label = "resources"
    verbose_name = "应急资源"

    def ready(self) -> None:
        """Declare the registers."""
        from anlan.resources import registers  # noqa: F401
