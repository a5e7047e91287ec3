"""Typhoon Lekima of August 2019 at the demo county: winds, surge and rain as they would be told.

The track (``storms/lekima/track.csv``) is that of IBTrACS v04 (NOAA NCEI, Knapp et al. 2010, CC BY
4.0): the storm was real, the county is not. It went ashore some forty kilometres from here.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from anlan.base.permissions.models import User
from anlan.base.permissions.selectors import actor_of
from anlan.forecast.models import Bulletin
from anlan.forecast.services.asking import Wanted, ask_run
from anlan.forecast.services.storms import receive_track
from anlan.kernel.errors import Missing

TRACK: Final = Path(__file__).parent / "storms" / "lekima" / "track.csv"
#: Account of the section that runs the models (see `users.USERS`).
OFFICER: Final = "keshi"
#: Twelve hours before it went ashore.
BASED_AT: Final = datetime(2019, 8, 9, 6, tzinfo=UTC)
MODELS: Final = ("typhoon", "surge", "basin")


def start_storm(county: str) -> int:
    """Take the track in and ask for the runs of that morning; tell how many were asked for."""
    if Bulletin.objects.exists():  # an earlier load came this far
        return 0
    officer = User.objects.filter(username=OFFICER).first()
    if officer is None:
        raise Missing(f"演示用户 {OFFICER} 不存在")
    by = actor_of(officer)
    storm = receive_track(body=TRACK.read_bytes(), by=by)[0]
    for model in MODELS:
        wanted = Wanted(model=model, region=county, storm=storm, based_at=BASED_AT, seed=1909)
        ask_run(wanted=wanted, by=by)
    return len(MODELS)
