from django.apps import AppConfig


class VaultConfig(AppConfig):
    name = "anlan.base.vault"
    label = "vault"
    verbose_name = "个人信息保管"
