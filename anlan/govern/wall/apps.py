from django.apps import AppConfig


class WallConfig(AppConfig):
    name = "anlan.govern.wall"
    label = "wall"
    verbose_name = "指挥大屏"
