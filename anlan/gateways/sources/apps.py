from django.apps import AppConfig


class SourcesConfig(AppConfig):
    name = "anlan.gateways.sources"
    label = "sources"
    verbose_name = "数据来源"

    def ready(self) -> None:
        """Name the deeds."""
        from anlan.gateways.sources import deed_names  # noqa: F401
