"""The department's platform of a replay: started, declared as a source here, switched off again."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from anlan.base.regions import selectors as regions
from anlan.gateways.sources.shelf import FOLDER
from anlan.kernel.errors import Unavailable
from anlan.sense.models import Stream

from .equipment import PULLED
from .senders import dismiss, start

KEY: Final = "replay-ocean"
TEMPLATE: Final = Path(__file__).with_name("platform.toml")
PLATFORM: Final = "anlan.demo.replay.platform"


@contextmanager
def platform(
    recording: Path, gateways: Mapping[str, Mapping[str, Any]], workspace: Path
) -> Iterator[None]:
    """Run the platform for a while, where anything is pulled; `Unavailable` when it does not start.

    Its address is another one every time: the declaration is written anew, and switched off at the
    end, so that an exercise that is left running does not look for it.
    """
    pulled = [
        code for one in gateways.values() if one["way"] == PULLED for code in one["streams"]
    ]  # fmt: skip
    if not pulled:
        yield
        return
    units = dict(Stream.objects.filter(code__in=pulled).values_list("code", "unit"))
    process = start(PLATFORM, {"recording": str(recording), "units": units})
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        address = process.stdout.readline().strip()
        if not address:
            raise Unavailable("模拟的部门平台没有启动")
        declare(workspace, address, enabled=True)
        yield
    finally:
        declare(workspace, "http://127.0.0.1:9", enabled=False)
        with contextlib.suppress(OSError):
            process.stdin.close()
        dismiss(process)


def declare(workspace: Path, address: str, *, enabled: bool) -> Path:
    """Write the declaration in one step."""
    text = TEMPLATE.read_text(encoding="utf-8").format(
        address=address, region=regions.top(), enabled=str(enabled).lower()
    )
    path = workspace / FOLDER / f"{KEY}.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.new")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)
    return path
