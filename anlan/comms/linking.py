"""Where links in messages lead: ``DIR/conf/settings.toml``, ``[comms] link_base``."""

import tomllib

from anlan.base.permissions.services.links import KEY_BYTES
from anlan.kernel import workspace

FILE = "settings.toml"


def link_base() -> str | None:
    """Tell the address phones reach this platform at; None when nobody has said it.

    A workspace that reaches nobody needs none: its links lead to the page on this very server, for
    whoever looks at its console.
    """
    path = workspace.directory() / "conf" / FILE
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8")).get("comms", {})
    except (FileNotFoundError, tomllib.TOMLDecodeError):
        found = {}
    base = found.get("link_base") if isinstance(found, dict) else None
    if isinstance(base, str) and base.startswith(("http://", "https://")):
        return base.rstrip("/")
    return "" if workspace.current().console_only else None


def link_to(base: str, key: str) -> str:
    """Write the address of the page a key opens."""
    return f"{base}/m/{key}"


def sample_link() -> str:
    """Write a link that opens nothing and is as long as those in messages; "" where they bear none.

    For telling in advance how long a text will be.
    """
    base = link_base()
    return "" if base is None else link_to(base, "x" * -(-KEY_BYTES * 4 // 3))
