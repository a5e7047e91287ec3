from django.apps import AppConfig


class SenseConfig(AppConfig):
    name = "anlan.sense"
    label = "sense"
    verbose_name = "监测感知"
