from django.apps import AppConfig


class OutboxConfig(AppConfig):
    """Facts on their way to those who listen."""

    name = "anlan.base.outbox"
    label = "outbox"
    verbose_name = "事件投递"
