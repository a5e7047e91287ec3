from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "anlan.base.people"
    label = "people"
    verbose_name = "单位人员与群众"
