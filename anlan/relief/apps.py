from django.apps import AppConfig


class ReliefConfig(AppConfig):
    name = "anlan.relief"
    label = "relief"
    verbose_name = "灾情救助"

    def ready(self) -> None:
        """Declare the registers, the jobs, what is owed, and what others may count on."""
        from anlan.relief import jobs, registers, standing  # noqa: F401
        from anlan.relief.selectors.situation import dead_or_missing, losses_at
        from anlan.respond.papers.losses import declare_losses
        from anlan.respond.responses.figures import declare_figure

        declare_figure("dead-or-missing", dead_or_missing)
        declare_losses("relief", losses_at)
