"""Standing orders: what may go out without a hand, signed in advance by a named person."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from anlan.kernel.ids import LENGTH, new_id


class StandingOrder(models.Model):
    """For hazards that cannot wait (earthquake early warning, 立即转移): sign first, then act."""

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id)
    title = models.CharField("名称", max_length=120)
    region = models.ForeignKey("regions.Region", models.PROTECT, related_name="+")
    #: What sets it off: ``received`` (relay it word for word) or ``alarm`` (issue our own).
    trigger = models.CharField("触发", max_length=12)
    #: Kinds of ``issuers`` it covers: which to relay, or the one to issue.
    kinds: Any = models.JSONField(default=list)
    #: Hazards it covers; empty is every hazard of its kinds.
    hazards: Any = models.JSONField(default=list)
    #: The mildest level that sets it off; null asks for no level.
    level = models.PositiveSmallIntegerField("级别", null=True)
    #: Own alerts: what beware and do, by code of ``warning-contents``.
    parts: Any = models.JSONField(default=dict)
    #: Own alerts: how long each holds.
    minutes = models.PositiveIntegerField("有效分钟", null=True)
    #: Relaying: only what is signed by one we trust.
    signed_only = models.BooleanField("只认签名可信的", default=False)
    reason = models.CharField("理由", max_length=300)
    signed_at = models.DateTimeField("签署时间")
    #: The person whose order it is; every alert under it names them.
    signed_by = models.CharField(max_length=40)
    since = models.DateTimeField("开始")
    until = models.DateTimeField("结束")
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        verbose_name = "预置授权"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(until__gt=models.F("since")), name="order_ends_after_it_began"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["until"], condition=Q(revoked_at=None), name="order_in_force")
        ]

    def __str__(self) -> str:
        return self.title
