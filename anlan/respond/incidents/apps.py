from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    name = "anlan.respond.incidents"
    label = "incidents"
    verbose_name = "突发事件"
