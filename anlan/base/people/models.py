"""Units, persons and their telephones, posts and who holds them, the watch rota.

People serve through posts: what is owed is owed by a post, and whoever holds it at that hour
answers. So persons may change (换届) without anything else being touched.
"""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models

from anlan.base.register.fields import CodeField, CodesField, CountField
from anlan.base.register.indexes import listing
from anlan.base.register.models import Located, Row
from anlan.base.vault.fields import SealedField

#: Eighteen characters as GB 11643 gives them. Only the form is checked: a mistyped number that
#: cannot be saved during a disaster helps nobody, and demo numbers are impossible on purpose.
identity_form = RegexValidator(r"^\d{17}[\dXx]$", "身份证号应为 18 位，最后一位可为 X")
number_form = RegexValidator(r"^\+?[0-9][0-9 \-]{2,19}$", "电话号码只能由数字、空格和连字符组成")
address_form = RegexValidator(r"^[^\s<>\"',;]{2,120}$", "不能有空格、引号、逗号或尖括号")
short_form = RegexValidator(r"^[0-9]{3,8}$", "短号应为 3 到 8 位数字")


class Unit(Located, Row):
    """An office, government, committee or enterprise that posts belong to."""

    code = models.CharField("单位编码", max_length=32)
    name = models.CharField("单位名称", max_length=100)
    kind = CodeField("单位类别", table="unit-kinds")
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children",
        verbose_name="上级单位",
    )  # fmt: skip
    address = models.CharField("地址", max_length=200, blank=True)
    duty_phone = models.CharField(
        "值班电话", max_length=20, blank=True, validators=[number_form],
        help_text="24 小时有人接听的公开号码",
    )  # fmt: skip

    class Meta:
        verbose_name = "单位"
        constraints: ClassVar = [models.UniqueConstraint(fields=["code"], name="unit_code")]
        indexes = listing("unit", sorts=("name",), filters=("kind",), located=True)

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse a unit as its own superior."""
        super().clean()
        if self.parent_id and self.parent_id == self.pk:
            raise ValidationError({"parent": "上级单位不能是本单位"})


class Person(Row):
    """Somebody who serves. Name and identity number are sealed with the person's own key."""

    code = models.CharField("人员编码", max_length=32)
    name = SealedField("姓名", index=("name", "chars", "initials"), plain_max_length=40)
    sex = CodeField("性别", table="sexes", blank=True)
    birth_year = CountField("出生年份", unit="年", high=2100)
    id_number = SealedField(
        "身份证号", blank=True, index=("idno",), plain_max_length=18, validators=[identity_form]
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="persons", verbose_name="所在单位"
    )
    title = models.CharField("职务", max_length=60, blank=True)
    erased_at = models.DateTimeField("销毁时间", null=True, editable=False)

    class Meta:
        verbose_name = "人员"
        constraints: ClassVar = [models.UniqueConstraint(fields=["code"], name="person_code")]
        indexes = listing("person", sorts=("title",), filters=("unit",))

    def __str__(self) -> str:
        return self.code


class Phone(Row):
    """A number of a person, sealed with a key of its own so that its tokens are its own.

    Numbers are tried in the order of `rank`; dead ones are skipped.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="phones", verbose_name="人员")
    rank = models.PositiveSmallIntegerField("拨打次序", help_text="1 最先拨打")
    kind = CodeField("电话类别", table="phone-kinds", default="mobile")
    number = SealedField(
        "号码", index=("phone", "tail4"), plain_max_length=20, validators=[number_form]
    )
    short_number = models.CharField(
        "短号", max_length=8, blank=True, validators=[short_form], help_text="集群网内的短号"
    )
    dead = models.BooleanField("已失效", default=False, help_text="停机、空号；叫应时跳过")

    class Meta:
        verbose_name = "电话"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "rank"], name="phone_rank")
        ]
        indexes = [  # noqa: RUF012 - Django's way
            *listing("phone", filters=("kind",)),
            models.Index(
                fields=["short_number"], condition=~models.Q(short_number=""), name="phone_short"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.rank}"


class Account(Row):
    """Where a person is written to other than by telephone: mail, work notices."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="accounts", verbose_name="人员")
    kind = CodeField("账号类别", table="account-kinds", default="mail")
    address = SealedField(
        "地址或账号", plain_max_length=120, validators=[address_form],
        help_text="邮箱地址，或钉钉、企业微信通讯录中的 userid",
    )  # fmt: skip
    dead = models.BooleanField("已失效", default=False, help_text="退信、离职；发消息时跳过")

    class Meta:
        verbose_name = "网络账号"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "kind"], name="account_once")
        ]
        indexes = listing("account", filters=("kind",))

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind}"


class Post(Row):
    """A post of a unit for a region. One that nobody holds is a gap, and shown as one."""

    code = models.CharField("岗位编码", max_length=32)
    title = models.CharField("岗位名称", max_length=100)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="posts", verbose_name="所属单位")
    role = CodeField("岗位职责", table="posts")
    hazards = CodesField("负责灾种", table="hazards", help_text="空为全部灾种")
    rank = models.PositiveSmallIntegerField(
        "叫应次序", default=1, help_text="同一地区同一职责中最先叫应的为 1"
    )
    duty = models.CharField("职责说明", max_length=300, blank=True)

    class Meta:
        verbose_name = "岗位"
        constraints: ClassVar = [models.UniqueConstraint(fields=["code"], name="post_code")]
        indexes = listing("post", sorts=("title",), filters=("role", "unit"))

    def __str__(self) -> str:
        return self.title


class Holding(Row):
    """任职: who holds a post from a day on.

    Of one post and rank the row with the latest `since` that has begun counts; so a successor ends
    the predecessor by arriving, and a sheet prepared before an election takes effect on its day.
    """

    post = models.ForeignKey(Post, models.PROTECT, related_name="holdings", verbose_name="岗位")
    person = models.ForeignKey(Person, models.PROTECT, related_name="holdings", verbose_name="人员")
    rank = CodeField("AB岗", table="holding-ranks", default="A", max_length=1)
    since = models.DateField("任职日期", help_text="从这一天起生效，同岗前任自动卸任")
    until = models.DateField(
        "卸任日期", null=True, blank=True, help_text="卸任而无人接任时填写；这一天起岗位空缺"
    )

    class Meta:
        verbose_name = "任职"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["post", "rank", "since"], name="holding_begins_once"),
            models.CheckConstraint(
                condition=models.Q(until__isnull=True) | models.Q(until__gt=models.F("since")),
                name="holding_ends_after_it_began",
            ),
        ]
        indexes = listing("holding", filters=("rank", "person"))

    def __str__(self) -> str:
        return f"{self.post_id} {self.rank} {self.since}"

    def clean(self) -> None:
        """Refuse a holding that ends before it began."""
        super().clean()
        if self.since and self.until and self.until <= self.since:
            raise ValidationError({"until": "卸任日期应晚于任职日期"})


class DutyShift(Row):
    """One watch of one unit: who leads, who sits at the telephone, who stands in."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="shifts", verbose_name="值班单位")
    date = models.DateField("日期")
    shift = CodeField("班次", table="duty-shifts", default="whole", max_length=12)
    lead = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="带班领导"
    )
    officer = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="值班员"
    )
    deputy = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="备班"
    )
    note = models.CharField("备注", max_length=200, blank=True)

    class Meta:
        verbose_name = "值班安排"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["unit", "date", "shift"], name="duty_once")
        ]
        indexes = [  # noqa: RUF012 - Django's way
            *listing("duty"),
            models.Index(fields=["date", "region"], name="duty_date"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.date} {self.shift}"

    def clean(self) -> None:
        """One person does not fill two seats of a watch."""
        super().clean()
        seats = [seat for seat in (self.lead_id, self.officer_id, self.deputy_id) if seat]
        if len(seats) != len(set(seats)):
            raise ValidationError("同一班次的带班领导、值班员、备班不能是同一人")
