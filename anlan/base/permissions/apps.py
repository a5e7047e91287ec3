from django.apps import AppConfig


class PermissionsConfig(AppConfig):
    name = "anlan.base.permissions"
    label = "permissions"
    verbose_name = "权限"
