from django.apps import AppConfig


class JournalConfig(AppConfig):
    """The account of every deed."""

    name = "anlan.base.journal"
    label = "journal"
    verbose_name = "留痕"
