from django.apps import AppConfig


class WelcomeConfig(AppConfig):
    name = "anlan.govern.welcome"
    label = "welcome"
    verbose_name = "我的县"
