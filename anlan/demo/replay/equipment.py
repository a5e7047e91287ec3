"""What a workspace needs before a recording can be played in it: device keys, declared maintenance.

The secrets of the keys lie in the exercise's own directory, readable by its owner alone; they open
nothing anywhere else.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from anlan.base.permissions.actor import system
from anlan.demo.days.recording import Recording, moment
from anlan.kernel.errors import Invalid, Missing
from anlan.sense.models import Gateway, Station, Stream
from anlan.sense.services.keys import create_key
from anlan.sense.services.maintenance import Work, announce_maintenance

from .cursor import FOLDER
from .parcels import LARGEST

NAME: Final = "keys.json"
OTHERWISE: Final = "json"
#: What we fetch from a department's platform ourselves: nobody comes in with a key.
PULLED: Final = "pull"
#: Streams that hang on no gateway come in with a key of their own.
ALONE: Final = ""

Gateways = dict[str, dict[str, Any]]


def equip(recording: Recording, workspace: Path) -> Gateways:
    """Make the keys and declare the maintenance, once; by gateway ``way, id, secret, streams``.

    Raises `Missing` when not one stream of the recording is registered here.
    """
    path = workspace / FOLDER / NAME
    if path.exists():
        kept: Gateways = json.loads(path.read_text(encoding="utf-8"))
        return kept
    made = {
        code: _keyed(code, streams, recording.about.ways.get(code, OTHERWISE))
        for code, streams in _behind(recording).items()
    }
    for one in recording.about.upkeep:
        _announce(one.station, Work(
            of="station", thing="", starts=moment(one.starts), ends=moment(one.ends),
            reason=one.reason,
        ))  # fmt: skip
    _keep(path, made)
    return made


def unknown(recording: Recording) -> list[str]:
    """List the streams of a recording that are not registered here."""
    known = set(Stream.objects.filter(retired_at=None).values_list("code", flat=True))
    return [code for code in recording.codes if code not in known]


def _behind(recording: Recording) -> dict[str, list[str]]:
    """Find which gateway brings which streams of the recording."""
    rows = dict(
        Stream.objects.filter(retired_at=None).values_list("code", "station__gateway__code")
    )
    found: dict[str, list[str]] = {}
    for code in recording.codes:
        if code in rows:
            found.setdefault(rows[code] or ALONE, []).append(code)
    if not found:
        raise Missing("这份记录里的监测项在本工作区都没有登记，请先在「监测项」台账登记")
    return found


def _keyed(code: str, streams: list[str], way: str) -> dict[str, Any]:
    if way == PULLED:
        return {"way": way, "streams": streams}
    if way not in LARGEST:
        raise Invalid(f"网关 {code} 的上报方式「{way}」不认识，可用 {'、'.join(LARGEST)}")
    by = system("replay")
    if code == ALONE:
        ids = list(Stream.objects.filter(code__in=streams).values_list("pk", flat=True))
        secret = create_key(name="回放：无网关监测项", streams=ids, by=by)
    else:
        gateway = Gateway.objects.get(code=code, retired_at=None)
        secret = create_key(name=f"回放：{gateway.name}"[:64], gateway=gateway.pk, by=by)
    return {"way": way, "id": secret.key.pk, "secret": secret.secret, "streams": streams}


def _announce(station: str, work: Work) -> None:
    from dataclasses import replace

    row = Station.objects.filter(code=station, retired_at=None).first()
    if row is None:
        raise Missing(f"要检修的测站 {station} 没有登记")
    announce_maintenance(work=replace(work, thing=row.pk), by=system("replay"))


def _keep(path: Path, made: Mapping[str, Any]) -> None:
    path.parent.mkdir(exist_ok=True)
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(made, file, ensure_ascii=False)
    draft.replace(path)
