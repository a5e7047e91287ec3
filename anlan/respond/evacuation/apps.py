from django.apps import AppConfig


class EvacuationConfig(AppConfig):
    name = "anlan.respond.evacuation"
    label = "evacuation"
    verbose_name = "人员避险转移"

    def ready(self) -> None:
        """Declare what people owe, jobs, and what follows from other modules' facts."""
        from anlan.respond.evacuation import handlers, jobs, kinds  # noqa: F401
        from anlan.respond.evacuation.selectors.situation import people_moved
        from anlan.respond.responses.figures import declare_figure

        declare_figure("people-moved", people_moved)
