"""The accounts app."""

from django.apps import AppConfig


class PermissionsConfig(AppConfig):
    """Accounts, grants, sessions, tokens and links."""

    name = "anlan.base.permissions"
    label = "permissions"
    verbose_name = "权限"
