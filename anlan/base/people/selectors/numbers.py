"""Numbers in full, for those who may call: whoever asks has asked for the right, and says why."""

from collections.abc import Collection

from anlan.base.people.models import Phone
from anlan.base.vault.services import open_many


def first_numbers(persons: Collection[str]) -> dict[str, str]:
    """Tell the number each of these persons is called at first; dead ones are passed over."""
    living = Phone.objects.filter(person__in=set(persons), dead=False, retired_at=None)
    rows = list(living.order_by("person_id", "rank").values_list("pk", "person_id", "number"))
    first: dict[str, tuple[str, str]] = {}
    for pk, person, number in rows:
        first.setdefault(person, (pk, number))
    opened = open_many([(pk, {"number": number}) for pk, number in first.values()])
    return {
        person: texts["number"]
        for person, texts in zip(first, opened, strict=True)
        if texts["number"]
    }
