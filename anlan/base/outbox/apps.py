from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "anlan.base.outbox"
    label = "outbox"
    verbose_name = "事件发件箱"
