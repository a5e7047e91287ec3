from django.apps import AppConfig


class ExercisesConfig(AppConfig):
    """Exercise workspaces: an application only for the job that lets erasing reach them."""

    name = "anlan.project.exercises"
    label = "exercises"
    verbose_name = "演练工作区"
