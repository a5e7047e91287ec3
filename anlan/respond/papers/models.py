"""Paper packs and briefings: that they were made, of what, by whom, and what became of them."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from anlan.kernel.ids import LENGTH, new_id
from anlan.respond.responses.models import Response


class Pack(models.Model):
    """One paper pack (纸质包) of a response.

    Its bytes lie sealed in the file store under `sm3`, with a key of its own: it names thousands of
    people. Whoever of them is erased takes the whole pack along; it is made anew in a minute.
    """

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    response = models.ForeignKey(Response, models.PROTECT, related_name="packs")
    region = models.ForeignKey("regions.Region", models.PROTECT, related_name="+")
    case = models.CharField(max_length=LENGTH)
    #: 第几号 of the response, from 1.
    number = models.PositiveIntegerField("号")
    #: What it was made for: ``start``, ``raise`` or ``press``.
    why = models.CharField(max_length=8)
    stage_title = models.CharField(max_length=100)
    #: What asked for it, so that told twice it is one pack; null for what a person pressed.
    once = models.CharField(max_length=80, null=True, unique=True)  # noqa: DJ001 - null is "no key"
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=40)
    #: The job that makes it: how far it is, and why it failed, stands there.
    job = models.CharField(max_length=LENGTH, blank=True, default="")
    made_at = models.DateTimeField(null=True)
    #: SM3 of the zip as it is taken, and of the sealed bytes in the store; bytes of the zip.
    digest = models.CharField(max_length=64, blank=True, default="")
    sm3 = models.CharField(max_length=64, blank=True, default="")
    size = models.PositiveBigIntegerField(null=True)
    #: Papers, villages, people on the lists, people of whom nobody knows how many, posts, vacant.
    counts: Any = models.JSONField(default=dict)
    #: Ids of all whose values stand in it, for erasing; a blank between.
    named = models.TextField(blank=True, default="")
    printed_at = models.DateTimeField(null=True)
    printed_by = models.CharField(max_length=40, blank=True, default="")
    #: When its bytes were destroyed.
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "纸质包"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["response", "number"], name="pack_number_once"),
            models.CheckConstraint(
                condition=Q(printed_at=None) | ~Q(printed_by=""), name="pack_printed_by_somebody"
            ),
        ]  # fmt: skip
        indexes: ClassVar = [
            models.Index(fields=["region", "-id"], name="pack_region"),
            models.Index(
                fields=["id"], condition=Q(made_at__isnull=False, destroyed_at=None),
                name="pack_kept",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.response_id} {self.number}"


class Briefing(models.Model):
    """会商材料: what was known of a region at a moment, as a paper that stays as it was."""

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    region = models.ForeignKey("regions.Region", models.PROTECT, related_name="+")
    #: The response it was made for; null outside of one.
    response = models.ForeignKey(Response, models.PROTECT, null=True, related_name="briefings")
    case = models.CharField(max_length=LENGTH, blank=True, default="")
    year = models.PositiveSmallIntegerField()
    #: 第几期 of the region in the year.
    number = models.PositiveIntegerField()
    title = models.CharField("名称", max_length=120)
    #: For which moment the figures hold.
    at = models.DateTimeField("截至")
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=40)
    file = models.CharField(max_length=LENGTH)
    #: SM3 of the Word file.
    digest = models.CharField(max_length=64)
    #: How many figures stand in it as 待核.
    unknown = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = "会商材料"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["region", "year", "number"], name="briefing_number_once"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["region", "-id"], name="briefing_region"),
            models.Index(fields=["case"], condition=~Q(case=""), name="briefing_case"),
        ]

    def __str__(self) -> str:
        return self.title
