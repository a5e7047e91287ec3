from django.apps import AppConfig


class DutyConfig(AppConfig):
    name = "anlan.respond.duty"
    label = "duty"
    verbose_name = "值班值守"
