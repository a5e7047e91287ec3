from django.apps import AppConfig


class ObligationsConfig(AppConfig):
    name = "anlan.base.obligations"
    label = "obligations"
    verbose_name = "事项"
