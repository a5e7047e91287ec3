"""Which closed doors stand open here: in the demo, by the operator's choice, or by right.

``DIR/conf/settings.toml``::

    [web]
    open_docs = true       # /api/docs and /api/v1/openapi.json for everybody
    open_metrics = true    # /metrics for everybody who reaches this port
"""

import tomllib
from typing import Any

from django.http import HttpRequest

from anlan.base.door.auth import welcome
from anlan.base.permissions import PUBLIC, may
from anlan.kernel import workspace
from anlan.kernel.errors import Invalid, Missing


def open_to(request: HttpRequest, door: str, action: str) -> None:
    """Let the asker through, or raise `Missing`: a closed door does not say that it is there."""
    here = workspace.current()
    if here.kind == "demo" or _settings(here).get(f"open_{door}") is True:
        return
    welcome(request)
    if not may(getattr(request, "actor", PUBLIC), action):
        raise Missing("没有这个地址")


def _settings(here: workspace.Workspace) -> dict[str, Any]:
    path = here.dir / "conf" / "settings.toml"
    try:
        settings = tomllib.loads(path.read_text(encoding="utf-8")).get("web", {})
    except FileNotFoundError:
        return {}
    except tomllib.TOMLDecodeError as error:
        raise Invalid(f"conf/settings.toml 无法读取：{error}") from error
    return settings if isinstance(settings, dict) else {}
