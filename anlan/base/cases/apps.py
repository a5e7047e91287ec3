from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "anlan.base.cases"
    label = "cases"
    verbose_name = "事项归并"
