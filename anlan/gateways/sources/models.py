"""How far each source has been read, where several machines pull for one database."""

from typing import ClassVar

from django.db import models


class SourceState(models.Model):
    """One source's `states.State`, as JSON text."""

    key = models.CharField(primary_key=True, max_length=40)
    body = models.TextField()

    class Meta:
        verbose_name = "来源进度"

    def __str__(self) -> str:
        return self.key


class SourceTry(models.Model):
    """One try of a source, a `states.Attempt` as JSON text."""

    id = models.BigAutoField(primary_key=True)
    key = models.CharField(max_length=40)
    body = models.TextField()

    class Meta:
        verbose_name = "取数记录"
        indexes: ClassVar = [models.Index(fields=["key", "-id"], name="source_try_key")]

    def __str__(self) -> str:
        return f"{self.key} {self.pk}"
