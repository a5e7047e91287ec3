from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "anlan.base.places"
    label = "places"
    verbose_name = "场所与对象"

    def ready(self) -> None:
        """Declare the registers."""
        from anlan.base.places import registers  # noqa: F401
