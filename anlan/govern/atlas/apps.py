from django.apps import AppConfig


class AtlasConfig(AppConfig):
    name = "anlan.govern.atlas"
    label = "atlas"
    verbose_name = "一张图"
