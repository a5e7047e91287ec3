from django.apps import AppConfig


class CommsConfig(AppConfig):
    name = "anlan.comms"
    label = "comms"
    verbose_name = "消息"

    def ready(self) -> None:
        """Declare what messages may be for."""
        from anlan.comms import standing  # noqa: F401
        from anlan.comms.services import readiness  # noqa: F401
