from django.apps import AppConfig


class RegisterConfig(AppConfig):
    name = "anlan.base.register"
    label = "register"
    verbose_name = "台账框架"
