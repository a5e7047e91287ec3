"""Links between tables point downward, like imports."""

from django.apps import apps
from django.db.models import ForeignKey, ManyToManyField, Model

from .checkout import layers


def ranks() -> dict[str, float]:
    """Return how high each package stands; inside base, fractions."""
    high = {name: float(-n) for n, row in enumerate(layers("layers")) for name in row}
    inside = layers("base")
    for n, row in enumerate(inside):
        for name in row:
            high[f"base.{name}"] = high["base"] - n / (len(inside) + 1)
    return high


def place(model: type[Model]) -> str:
    parts = model.__module__.split(".")[1:]
    return ".".join(parts[:2]) if parts[0] == "base" else parts[0]


def upward(models: list[type[Model]], high: dict[str, float]) -> list[str]:
    """List the links that point up, or sideways into an independent sibling."""
    found = []
    for model in models:
        for field in model._meta.get_fields():
            if not isinstance(field, ForeignKey | ManyToManyField):
                continue
            target = field.related_model
            if not isinstance(target, type) or not target.__module__.startswith("anlan."):
                continue
            if place(target) != place(model) and high[place(target)] >= high[place(model)]:
                found.append(f"{model.__module__}.{model.__name__}.{field.name}")
    return found


def test_no_foreign_key_points_upward() -> None:
    ours = [model for model in apps.get_models() if model.__module__.startswith("anlan.")]
    assert ours
    assert not upward(ours, ranks())


def test_an_upward_foreign_key_is_found() -> None:
    turned = {name: -height for name, height in ranks().items()}
    ours = [model for model in apps.get_models() if model.__module__.startswith("anlan.")]
    assert upward(ours, turned)
