from django.apps import AppConfig


class FormsConfig(AppConfig):
    name = "anlan.base.forms"
    label = "forms"
    verbose_name = "滚动报表"
