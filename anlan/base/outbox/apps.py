from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class OutboxConfig(AppConfig):
    """Facts on their way to those who listen."""

    name = "anlan.base.outbox"
    label = "outbox"
    verbose_name = "事件投递"

    def ready(self) -> None:
        """Find who listens (every module's ``handlers.py``): whoever publishes must know."""
        autodiscover_modules("handlers")
