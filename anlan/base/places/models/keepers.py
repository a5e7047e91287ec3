"""Who looks after a thing."""

from typing import Any

from django.db import models

from anlan.base.people.models import Post


def keeper(label: str, **options: Any) -> "models.ForeignKey[Post | None, Post | None]":
    """Point at the post that looks after a thing; its holder is A, its deputy B."""
    return models.ForeignKey(
        Post, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=label, **options
    )
