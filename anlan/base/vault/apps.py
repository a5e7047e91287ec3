from django.apps import AppConfig


class VaultConfig(AppConfig):
    """Personal values, sealed."""

    name = "anlan.base.vault"
    label = "vault"
    verbose_name = "个人信息保管"
