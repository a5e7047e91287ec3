"""Other departments' platforms that values are fetched from, and how each of them does."""

from typing import Any, ClassVar

from django.db import models

from anlan.base.people.models import Post, Unit, number_form
from anlan.kernel.ids import LENGTH, new_id


class Source(models.Model):
    """One pull source: its declaration, whose it is, and how far it has been read."""

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    code = models.CharField("来源编码", max_length=64, unique=True)
    name = models.CharField("名称", max_length=100)
    region = models.ForeignKey("regions.Region", models.PROTECT, related_name="+")
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="主管单位"
    )
    keeper = models.ForeignKey(
        Post, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="责任岗位"
    )
    phone = models.CharField("联系电话", max_length=20, blank=True, validators=[number_form])
    #: Where the declaration came from: ``page`` or ``file``; a file's is changed in the file.
    origin = models.CharField(max_length=8, default="page")
    #: The declaration as its reader takes it; secrets are not in it.
    spec: Any = models.JSONField(default=dict)
    #: Secrets of the declaration, sealed.
    secrets = models.TextField(blank=True, default="")
    state = models.CharField("状态", max_length=16, default="draft")
    version = models.PositiveIntegerField(default=1)
    enabled_at = models.DateTimeField(null=True)
    enabled_by = models.CharField(max_length=40, blank=True, default="")
    #: How far it has been read; only the reader knows what is in it.
    cursor: Any = models.JSONField(default=dict)
    tried_at = models.DateTimeField("最近尝试", null=True)
    succeeded_at = models.DateTimeField("最近成功", null=True)
    #: Time of the newest value it gave.
    newest_at = models.DateTimeField("最新数据时间", null=True)
    #: When it is asked again.
    due_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField("连续失败", default=0)
    error = models.TextField("最近错误", blank=True, default="")
    accepted = models.BigIntegerField("已接收", default=0)
    rejected = models.BigIntegerField("未接收", default=0)
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=40)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "数据来源"
        indexes: ClassVar = [
            models.Index(
                fields=["due_at"], condition=models.Q(due_at__isnull=False), name="source_due"
            ),
            models.Index(fields=["region", "id"], name="source_region"),
        ]

    def __str__(self) -> str:
        return self.name
