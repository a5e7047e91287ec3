from django.apps import AppConfig


class DutyConfig(AppConfig):
    name = "anlan.respond.duty"
    label = "duty"
    verbose_name = "值班值守"

    def ready(self) -> None:
        """Declare registers, what duty rooms owe, what is open, and what follows from facts."""
        from anlan.respond.duty import handlers, jobs, registers, standing  # noqa: F401
        from anlan.respond.duty.selectors import listers  # noqa: F401
