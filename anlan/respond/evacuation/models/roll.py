"""The roll (花名册): who must leave, and every tick made about them.

A tick moves people from one state to another, like a line of a ledger: what is counted at any
moment is the list as ordered and the sum of the ticks until then. So 应转 = 集中安置 + 投亲靠友 +
未转 holds because nothing else can be written. Ticks are never changed; `Entry` repeats what they
come to, for lists.

Names of registered people stay in their registers, where erasing destroys them. What is kept here
of people whom no register has is sealed with the key of the household they were found with, else
with a key of their own.
"""

from typing import ClassVar

from django.db import models

from anlan.base.households.models import Household, Resident
from anlan.base.people.models import Post, number_form
from anlan.base.places.models import DangerZone, Shelter
from anlan.base.vault.fields import SealedField
from anlan.kernel.ids import LENGTH, new_id
from anlan.respond.evacuation.models.batches import Evacuation, Part

#: Rank of somebody who belongs to no special group; smaller ones need help sooner.
ORDINARY = 99


class Entry(models.Model):
    """Somebody on the roll: a person, the rest of a household, or the rest of a danger zone."""

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    evacuation = models.ForeignKey(Evacuation, models.CASCADE, related_name="entries")
    part = models.ForeignKey(Part, models.CASCADE, related_name="entries")
    household = models.ForeignKey(Household, models.PROTECT, null=True, related_name="+")
    resident = models.ForeignKey(Resident, models.PROTECT, null=True, related_name="+")
    zone = models.ForeignKey(DangerZone, models.PROTECT, null=True, related_name="+")
    #: Makes whoever is on the list once on it once; null for who was added.
    once = models.CharField(max_length=40, null=True)  # noqa: DJ001 - null is "no key"
    #: list (危险区名单) | forecast (预报所指的村) | added (名单外) | split (从一组中分出)
    origin = models.CharField(max_length=10, default="list")
    seal = models.CharField(max_length=LENGTH, default=new_id)
    name = SealedField(blank=True, default="", subject="seal", index=("chars",),
                       plain_max_length=40)  # fmt: skip
    phone = SealedField(blank=True, default="", subject="seal", plain_max_length=20,
                        validators=[number_form])  # fmt: skip
    #: How many; null is not known, and never nought.
    people = models.PositiveIntegerField(null=True)
    #: How many they were when the list was ordered; what came later is in the ticks.
    listed = models.PositiveIntegerField(null=True)
    #: Rank of the person's most urgent special group, and that of the household; see `ORDINARY`.
    urgency = models.PositiveSmallIntegerField(default=ORDINARY)
    first = models.PositiveSmallIntegerField(default=ORDINARY)
    lead = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    #: Where they mean to go (code table ``intended-stays``); "" is not known.
    stay = models.CharField(max_length=16, blank=True, default="")
    #: The place kept for them, and why there is none.
    shelter = models.ForeignKey(Shelter, models.PROTECT, null=True, related_name="+")
    unplaced = models.CharField(max_length=16, blank=True, default="")
    state = models.CharField(max_length=16, default="waiting")
    #: The shelter they were checked in at.
    inside = models.ForeignKey(Shelter, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=24, blank=True, default="")
    #: When the state was said to be so, by the clock of whoever ticked; null before the first tick.
    said_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["evacuation", "once"], name="evac_entry_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["evacuation", "first", "household"], name="evac_entry_first"),
            models.Index(fields=["part", "state"], name="evac_entry_part"),
        ]

    def __str__(self) -> str:
        return f"{self.evacuation_id} {self.once or self.pk}"


class Tick(models.Model):
    """People went from one state to another; "" is beyond the roll (not yet on it, no more)."""

    evacuation = models.ForeignKey(Evacuation, models.CASCADE, related_name="ticks", db_index=False)
    #: The village, for counting.
    region = models.ForeignKey("regions.Region", models.PROTECT, related_name="+", db_index=False)
    entry = models.ForeignKey(Entry, models.CASCADE, related_name="ticks", db_index=False)
    people = models.PositiveIntegerField(null=True)
    was = models.CharField(max_length=16, blank=True, default="")
    state = models.CharField(max_length=16, blank=True, default="")
    shelter = models.ForeignKey(
        Shelter, models.PROTECT, null=True, related_name="+", db_index=False
    )
    reason = models.CharField(max_length=24, blank=True, default="")
    note = SealedField(blank=True, default="", subject="seal_subject", plain_max_length=300)
    #: When it came in: what was known at a moment never changes.
    at = models.DateTimeField()
    #: When it was ticked by the clock of the device, which may have been without a signal.
    said_at = models.DateTimeField()
    by = models.CharField(max_length=40)
    device = models.CharField(max_length=40, blank=True, default="")
    #: Made by the device: the same tick sent again is the same tick.
    client = models.CharField(max_length=40, null=True)  # noqa: DJ001 - null is "no key"
    #: Whether it changed anything: one that comes after a later word on the same people is kept,
    #: and changes nothing.
    applies = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["entry", "client"], name="evac_tick_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["evacuation", "at"], name="evac_tick_at"),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.was} {self.state}"

    @property
    def seal_subject(self) -> str:
        """Whose key seals the note."""
        return self.entry.seal
