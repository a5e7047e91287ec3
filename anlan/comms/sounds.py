"""Recordings that loudspeakers fetch: files of ``DIR/conf/sounds/``, by an address that soon ends.

A device has no account here. What lets it in is our signature over the file's name in the address
it was told; without one nobody learns which files there are.
"""

from pathlib import Path

from django.core import signing

from anlan.comms.declaration import Declaration
from anlan.comms.declaration.places import EVERY_KIND
from anlan.comms.linking import link_base
from anlan.kernel import workspace
from anlan.kernel.errors import Missing

FOLDER = Path("conf") / "sounds"
SALT = "anlan.comms.sounds"
KINDS = {".mp3": "audio/mpeg", ".wav": "audio/wav", ".ogg": "audio/ogg", ".m4a": "audio/mp4"}


def sound_address(declared: Declaration, kind: str) -> str:
    """Make the address of a kind's recording; "" when there is none, or links lead nowhere."""
    base = link_base()
    if declared.sounds is None or not base:
        return ""
    name = declared.sounds.files.get(kind) or declared.sounds.files.get(EVERY_KIND, "")
    if not name or not (workspace.directory() / FOLDER / name).is_file():
        return ""
    told = signing.dumps([name, declared.sounds.life_s], salt=SALT)
    return f"{base}/api/v1/comms/sounds/{told}"


def find_sound(told: str) -> Path:
    """Find the recording an address stands for; `Missing` when it is over, or none of ours."""
    try:
        name, life_s = signing.loads(told, salt=SALT)
        signing.loads(told, salt=SALT, max_age=life_s)
    except (signing.BadSignature, TypeError, ValueError) as error:
        raise Missing("链接已失效") from error
    path = workspace.directory() / FOLDER / str(name)
    if not path.is_file():
        raise Missing("没有这段录音")
    return path
