from django.apps import AppConfig


class CasebookConfig(AppConfig):
    name = "anlan.respond.casebook"
    label = "casebook"
    verbose_name = "事件回放和导出"
