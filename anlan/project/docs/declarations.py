"""Start everything that declares something, in a workspace that holds nothing."""

import importlib
import os
import tempfile
from functools import cache
from pathlib import Path

import anlan
from anlan.kernel import events


@cache
def load() -> None:
    """Start Django once, away from any real workspace: an operator's files must not get in."""
    if "DJANGO_SETTINGS_MODULE" not in os.environ:
        os.environ["DJANGO_SETTINGS_MODULE"] = "anlan.project.settings"
    from django.apps import apps

    if not apps.ready:
        os.environ["ANLAN_DATA"] = tempfile.mkdtemp(prefix="anlan-docs-")
        import django

        django.setup()
    for name in event_modules():
        importlib.import_module(name)


def event_modules() -> list[str]:
    """List the modules of the product that are named ``events``, the kernel's own left out."""
    home = Path(anlan.__file__).parent
    paths = (path.relative_to(home.parent) for path in home.rglob("events.py"))
    names = (".".join(path.with_suffix("").parts) for path in paths)
    return sorted(name for name in names if not name.startswith("anlan.kernel"))


def event_kinds() -> dict[str, type[events.Event]]:
    """List every event kind that a module of the product declares, by name."""
    load()
    found = {}
    for cls in events.Event.__subclasses__():
        name = events.kind_of(cls)
        if cls.__module__.endswith(".events") and _is_declared(name, cls):
            found[name] = cls
    return dict(sorted(found.items()))


def _is_declared(name: str, cls: type[events.Event]) -> bool:
    try:
        return events.kind(name) is cls
    except KeyError:
        return False
