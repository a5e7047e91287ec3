from django.apps import AppConfig


class BasemapConfig(AppConfig):
    name = "anlan.base.basemap"
    label = "basemap"
    verbose_name = "底图"
