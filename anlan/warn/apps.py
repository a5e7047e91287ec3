from django.apps import AppConfig


class WarnConfig(AppConfig):
    name = "anlan.warn"
    label = "warn"
    verbose_name = "预警"
