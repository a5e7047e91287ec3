from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "anlan.web"
    label = "web"
    verbose_name = "网页"

    def ready(self) -> None:
        """Put every register on the map: by now all modules have declared theirs."""
        from anlan.base.register import layers

        layers.declare()
