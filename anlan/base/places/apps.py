from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "anlan.base.places"
    label = "places"
    verbose_name = "场所与对象"
