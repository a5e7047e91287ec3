"""Taking in what agencies tell of a storm; the bytes are kept as they came."""

import hashlib
from datetime import UTC, datetime
from typing import Final

from django.db import transaction

from anlan.base.journal.services import record
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import permit
from anlan.forecast import deed_names
from anlan.forecast.models import Bulletin
from anlan.forecast.selectors.storms import form_of, is_in_knots, read, unit_of
from anlan.kernel import clock
from anlan.kernel.errors import Invalid

RUN: Final = "forecasts.run"
MOST_BYTES: Final = 8 * 1024 * 1024
IN_KNOTS: Final = "风速是上一份路径同一时刻的两倍左右，像是把节当成了米每秒，请写明单位"


def receive_track(*, body: bytes, by: Actor, storm: str = "", unit: str = "") -> list[str]:
    """Keep a file of tracks; returns the numbers of its storms.

    A bulletin, a best track of CMA, IBTrACS or ATCF, told apart by how it begins. A file of many
    storms needs the number of the one that is meant; what is wrong with the others is of no
    concern. The same file again changes nothing.
    """
    permit(by, RUN)
    if not body.strip() or len(body) > MOST_BYTES:
        raise Invalid("路径文件是空的，或大于 8 MB", errors={"file": ["空的，或太大"]})
    form = form_of(body)
    refused: dict[str, str] = {}
    found = read(form, body, unit_of(unit), refused)
    named = [f"有：{'、'.join([*found, *refused][:20])}"]
    if storm in refused:
        raise Invalid(f"台风 {storm}：{refused[storm]}", errors={"file": [refused[storm]]})
    if storm and storm not in found:
        raise Invalid(f"文件里没有台风 {storm}", errors={"storm": named})
    if not storm and len(found) + len(refused) > 1:
        raise Invalid(
            f"文件里有 {len(found) + len(refused)} 个台风，请写明要哪一个", errors={"storm": named}
        )
    wanted = [storm] if storm else list(found)
    digest = hashlib.sha256(body).hexdigest()
    if not unit and any(is_in_knots(found[number].path, number) for number in wanted):
        raise Invalid(IN_KNOTS, errors={"file": [IN_KNOTS]})
    with transaction.atomic():
        for number in wanted:
            path = found[number].path
            made, fresh = Bulletin.objects.get_or_create(
                storm=number, sha256=digest, unit=unit,
                defaults={
                    "name": path.name[:60], "form": form, "agency": path.agency[:40],
                    "newest_at": datetime.fromtimestamp(int(path.times[-1]) / 1000, UTC),
                    "body": body, "at": clock.now(), "by": by.ref,
                },
            )  # fmt: skip
            if fresh:
                record(
                    deed=deed_names.BULLETIN["received"], by=by, subject=("bulletin", made.pk),
                    region=by.region,
                    facts={"storm": number, "sha256": digest, "form": form, "unit": unit},
                    topic=deed_names.TOPIC,
                )  # fmt: skip
    return wanted
