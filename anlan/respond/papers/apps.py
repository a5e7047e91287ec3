from django.apps import AppConfig


class PapersConfig(AppConfig):
    name = "anlan.respond.papers"
    label = "papers"
    verbose_name = "纸质材料"

    def ready(self) -> None:
        """Declare the job, who owes the printing, and what follows from other modules' facts."""
        from anlan.respond.papers import handlers, jobs, standing  # noqa: F401
        from anlan.respond.papers.services import erasing  # noqa: F401
