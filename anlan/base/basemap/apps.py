from django.apps import AppConfig


class BasemapConfig(AppConfig):
    """The map's layers."""

    name = "anlan.base.basemap"
    label = "basemap"
    verbose_name = "底图"

    def ready(self) -> None:
        """Declare the layers that belong to no module."""
        from anlan.base.basemap import own

        own.declare()
