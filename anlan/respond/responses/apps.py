from django.apps import AppConfig


class ResponsesConfig(AppConfig):
    name = "anlan.respond.responses"
    label = "responses"
    verbose_name = "应急响应"

    def ready(self) -> None:
        """Declare jobs, what people owe, and what follows from other modules' facts."""
        from anlan.respond.responses import handlers, jobs, standing  # noqa: F401
