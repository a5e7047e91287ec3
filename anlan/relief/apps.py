from django.apps import AppConfig


class ReliefConfig(AppConfig):
    name = "anlan.relief"
    label = "relief"
    verbose_name = "灾情救助"
