from django.apps import AppConfig


class RegionsConfig(AppConfig):
    """Regions and their scope."""

    name = "anlan.base.regions"
    label = "regions"
    verbose_name = "行政区划"
