"""Where links in messages lead: ``DIR/conf/settings.toml``, ``[comms] link_base``."""

import tomllib
from pathlib import Path

from anlan.base.permissions.services.links import KEY_BYTES
from anlan.kernel import workspace

FILE = "settings.toml"


def link_base() -> str | None:
    """Tell the address phones reach this platform at; None when nobody has said it.

    A workspace that reaches nobody needs none: its links lead to the page on this very server, for
    whoever looks at its console. What an exercise was copied with is where its source answers,
    which knows none of its links.
    """
    here = workspace.current()
    base = _said(here.dir)
    if base is not None and here.parent and base == _said(Path(here.parent)):
        base = None
    if base is not None:
        return base
    return "" if here.console_only else None


def _said(directory: Path) -> str | None:
    """Read what a workspace's settings say."""
    try:
        text = (directory / "conf" / FILE).read_text(encoding="utf-8")
        found = tomllib.loads(text).get("comms", {})
    except (OSError, tomllib.TOMLDecodeError):
        return None
    base = found.get("link_base") if isinstance(found, dict) else None
    if isinstance(base, str) and base.startswith(("http://", "https://")):
        return base.rstrip("/")
    return None


def link_to(base: str, key: str) -> str:
    """Write the address of the page a key opens."""
    return f"{base}/m/{key}"


def sample_link() -> str:
    """Write a link that opens nothing and is as long as those in messages; "" where they bear none.

    For telling in advance how long a text will be.
    """
    base = link_base()
    return "" if base is None else link_to(base, "x" * -(-KEY_BYTES * 4 // 3))
