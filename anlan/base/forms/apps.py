from django.apps import AppConfig


class FormsConfig(AppConfig):
    name = "anlan.base.forms"
    label = "forms"
    verbose_name = "滚动报表"

    def ready(self) -> None:
        from anlan.base.forms import standing  # noqa: F401 - it declares
