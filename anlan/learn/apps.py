from django.apps import AppConfig


class LearnConfig(AppConfig):
    name = "anlan.learn"
    label = "learn"
    verbose_name = "复盘评估"

    def ready(self) -> None:
        """Open a review when a response ends; declare what people owe after one."""
        from anlan.learn import handlers, standing  # noqa: F401
