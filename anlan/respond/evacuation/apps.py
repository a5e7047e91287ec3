from django.apps import AppConfig


class EvacuationConfig(AppConfig):
    name = "anlan.respond.evacuation"
    label = "evacuation"
    verbose_name = "人员避险转移"
