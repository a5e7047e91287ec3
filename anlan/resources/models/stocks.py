"""What is kept for an emergency: one item at one place."""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models

from anlan import codes
from anlan.base.people.models import Post, number_form
from anlan.base.register.fields import CodeField, CountField
from anlan.base.register.indexes import listing
from anlan.base.register.models import Located, Row

ITEMS = "supply-items"


class Stock(Located, Row):
    """物资储备: how much of one item lies at a place, until when it may be used."""

    code = models.CharField("编码", max_length=32)
    store = models.CharField("储备点", max_length=100, help_text="仓库、村储备点或协议企业的名称")
    item = CodeField("品名", table=ITEMS, max_length=20)
    amount = CountField("数量", high=100_000_000, help_text="按品名的计量单位；不知道请空着")
    spec = models.CharField("规格型号", max_length=100, blank=True)
    keeping = CodeField("储备方式", table="supply-keeping", default="physical", max_length=12)
    expires_on = models.DateField("有效期至", null=True, blank=True)
    checked_on = models.DateField("最近盘点", null=True, blank=True)
    keeper = models.ForeignKey(
        Post, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="保管岗位"
    )
    phone = models.CharField("提货电话", max_length=20, blank=True, validators=[number_form])
    address = models.CharField("地址", max_length=200, blank=True)
    status = CodeField("状态", table="supply-states", default="ready", max_length=12)

    class Meta:
        verbose_name = "物资储备"
        constraints: ClassVar = [models.UniqueConstraint(fields=["code"], name="stock_code")]
        indexes = listing(
            "stock", sorts=("amount", "expires_on"), filters=("item", "status"), located=True
        )

    def __str__(self) -> str:
        return f"{self.store} {self.item}"

    def clean(self) -> None:
        """Keep items that are counted in something, not a whole class of them."""
        super().clean()
        known = codes.table(ITEMS).get(self.item)
        if known is not None and not known.text("unit"):
            raise ValidationError({"item": "请选择具体品名，不要选大类"})
