"""Users, what they were granted, and the keys they come in with.

Of every secret only a hash is kept. Everything here runs on real time, except grants and
delegations, which belong to the work and follow the workspace's clock.
"""

from django.db import models

from anlan.kernel.clock import real_now
from anlan.kernel.ids import LENGTH, new_id

HASH_LENGTH = 64


class User(models.Model):
    """An account. What it may do is in its grants alone."""

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    username = models.CharField("账号", max_length=64, unique=True)
    name = models.CharField("姓名", max_length=64)
    region = models.CharField("所在地区", max_length=15, blank=True)
    #: The person in `base.people` who uses it; an id only, because people live above permissions.
    person = models.CharField("人员", max_length=LENGTH, blank=True, db_index=True)
    password = models.CharField("口令", max_length=256, blank=True)  # "" opens nothing
    must_change = models.BooleanField("须改口令", default=False)
    is_active = models.BooleanField("启用", default=True)
    totp = models.TextField("动态口令密钥", blank=True)  # sealed
    totp_step = models.BigIntegerField(default=0)  # the last step used: a code opens once
    created_at = models.DateTimeField("建立时间", default=real_now)
    last_login = models.DateTimeField("最近登录", null=True)

    class Meta:
        ordering = ("username",)

    def __str__(self) -> str:
        return self.username


class OldPassword(models.Model):
    """A password that was in use, so that it does not come back."""

    user = models.ForeignKey(User, models.CASCADE, related_name="old_passwords")
    password = models.CharField(max_length=256)
    at = models.DateTimeField(default=real_now)

    def __str__(self) -> str:
        return f"{self.user_id} {self.at:%Y-%m-%d}"


class Grant(models.Model):
    """A role over a region and everything below it."""

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="grants")
    role = models.CharField("角色", max_length=32)
    #: Trimmed region code; "" is the whole country.
    prefix = models.CharField("辖区", max_length=15, blank=True)
    valid_from = models.DateTimeField("开始", null=True, blank=True)
    until = models.DateTimeField("结束", null=True, blank=True)
    by = models.CharField("授权人", max_length=40)
    at = models.DateTimeField("授权时间")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("user", "role", "prefix"), name="grant_once"),
        )

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.prefix or '*'}"


class Delegation(models.Model):
    """代理: one user's role lent to another until a time; nothing has to end it."""

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    giver = models.ForeignKey(User, models.CASCADE, related_name="given")
    taker = models.ForeignKey(User, models.CASCADE, related_name="taken")
    role = models.CharField("角色", max_length=32)
    prefix = models.CharField("辖区", max_length=15, blank=True)
    starts = models.DateTimeField("开始")
    until = models.DateTimeField("结束")
    reason = models.CharField("事由", max_length=200, blank=True)
    by = models.CharField("经办", max_length=40)
    revoked_at = models.DateTimeField("收回时间", null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(until__gt=models.F("starts")), name="delegation_ends"
            ),
        )

    def __str__(self) -> str:
        return f"{self.giver_id} -> {self.taker_id} {self.role}"


class Session(models.Model):
    """A browser that logged in."""

    hash = models.CharField(primary_key=True, max_length=HASH_LENGTH)
    user = models.ForeignKey(User, models.CASCADE, related_name="sessions")
    created_at = models.DateTimeField(default=real_now)
    seen = models.DateTimeField()
    expires = models.DateTimeField(db_index=True)  # the end whatever happens
    address = models.CharField(max_length=45)
    agent = models.CharField(max_length=120, blank=True)

    def __str__(self) -> str:
        return f"{self.user_id} {self.hash[:8]}"


class Token(models.Model):
    """A key for programs; printed once, acts as its user."""

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="tokens")
    hash = models.CharField(max_length=HASH_LENGTH, unique=True)
    name = models.CharField("用途", max_length=64)
    prefix8 = models.CharField("开头", max_length=12)
    created_at = models.DateTimeField(default=real_now)
    expires = models.DateTimeField(null=True)
    last_used = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.user_id} {self.prefix8}…"


class WallKey(models.Model):
    """大屏令牌: shows one region's wall to the screens of one address, and opens nothing else."""

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    name = models.CharField("哪块屏", max_length=64)
    region = models.CharField("地区", max_length=15)
    #: The net it is bound to, as ``10.33.1.20/32``.
    bound = models.CharField("地址", max_length=49)
    #: Whether telephones of those responsible stand on it in full.
    phones = models.BooleanField("显示完整电话", default=False)
    hash = models.CharField(max_length=HASH_LENGTH, unique=True)
    prefix8 = models.CharField("开头", max_length=16)
    created_at = models.DateTimeField(default=real_now)
    created_by = models.CharField(max_length=40)
    expires = models.DateTimeField("到期")
    last_used = models.DateTimeField(null=True)
    last_from = models.CharField(max_length=45, blank=True, default="")
    #: When somebody last came with it from another address, and from where.
    refused_at = models.DateTimeField(null=True)
    refused_from = models.CharField(max_length=45, blank=True, default="")
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.name} {self.prefix8}…"


class Link(models.Model):
    """A one-time link for a phone: one purpose, one subject, an end."""

    hash = models.CharField(primary_key=True, max_length=HASH_LENGTH)
    #: What the journal calls whoever comes in by it.
    id = models.CharField(max_length=LENGTH, default=new_id, unique=True)
    purpose = models.CharField(max_length=32)
    subject = models.CharField(max_length=64)
    #: The post or person it was sent to (ids of `base.people`), and the name shown.
    post = models.CharField(max_length=LENGTH, blank=True)
    person = models.CharField(max_length=LENGTH, blank=True)
    name = models.CharField(max_length=64, blank=True)
    region = models.CharField(max_length=15, blank=True)
    once = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=real_now)
    expires = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    #: When the page behind it was last drawn before somebody's eyes, by the workspace's clock.
    opened_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=("purpose", "subject"), name="link_subject"),)

    def __str__(self) -> str:
        return f"{self.purpose} {self.subject}"


class Refusal(models.Model):
    """How often somebody failed to log in: per account name and per address."""

    key = models.CharField(primary_key=True, max_length=80)  # "user:zhang" or "address:10.0.0.1"
    failures = models.PositiveIntegerField(default=0)
    first_at = models.DateTimeField()
    locked_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.key} {self.failures}"


class Epoch(models.Model):
    """One row, counted up with every change above: whoever cached an actor reads it first."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    count = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.count)
