"""Every table is taken or left on purpose."""

from django.apps import apps
from django.db.models import ForeignKey

from anlan.base.register.models import Row
from anlan.project.exercises import choice


def test_every_model_is_copied_or_left_on_purpose() -> None:
    copied = {model._meta.label for model in choice.taken()}
    everything = {model._meta.label for model in apps.get_models()}
    assert copied | choice.LEFT == everything
    assert not copied & choice.LEFT
    assert everything >= choice.TAKEN


def test_what_is_copied_points_only_at_what_is_copied() -> None:
    copied = set(choice.taken())
    dangling = [
        f"{model._meta.label}.{field.name}"
        for model in copied
        for field in choice.fields(model)
        if isinstance(field, ForeignKey) and field.related_model not in copied
    ]
    assert not dangling


def test_only_what_follows_the_workspaces_clock_is_moved() -> None:
    moved = {model._meta.label: choice.moved_columns(model) for model in choice.taken()}
    assert {"since", "until", "created_at"} <= moved["people.Holding"]
    assert "date" in moved["people.DutyShift"]
    assert moved["permissions.Grant"] == {"valid_from", "until", "at"}
    assert not moved["permissions.User"]
    assert not moved["vault.Key"]
    rows = [label for label, columns in moved.items() if columns]
    registers = {model._meta.label for model in choice.taken() if issubclass(model, Row)}
    assert set(rows) == registers | {"permissions.Grant"}


def test_households_are_found_by_their_own_seal() -> None:
    assert ("households_household", "seal") in choice.subjects()
    assert ("people_phone", "id") in choice.subjects()
    assert {"households_household", "people_person"} <= set(choice.erasable())
