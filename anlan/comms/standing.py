"""The purposes messages are for by themselves: obligations."""

from collections.abc import Collection, Mapping

from anlan.base.obligations.kinds import KINDS
from anlan.base.obligations.models import Obligation
from anlan.base.obligations.selectors import words_of
from anlan.base.obligations.services.phone import PURPOSE as LINK
from anlan.base.people.models import Post
from anlan.base.regions.models import Region
from anlan.comms.purposes import Purpose, Told, declare_purpose
from anlan.kernel import clock, workspace

OBLIGATION = "obligation"

#: Told before everything else, so that a drill is never taken for the day itself.
PREFIX = {"demo": "【演示】", "exercise": "【演练】", "live": ""}


def _unanswered(ids: Collection[str]) -> Collection[str]:
    """Keep the obligations that still wait for an answer and are not paused."""
    waiting = Obligation.objects.filter(
        pk__in=list(ids), answered_at=None, closed_at=None, paused_at=None
    )
    return set(waiting.values_list("pk", flat=True))


def _told(ids: Collection[str]) -> Mapping[str, Told]:
    rows = list(
        Obligation.objects.filter(pk__in=list(ids)).only(
            "id", "kind", "title", "body", "subject", "case", "region", "debtor", "answer_due"
        )
    )
    regions = dict(
        Region.objects.filter(code__in={row.region_id for row in rows}).values_list("code", "name")
    )
    posts = dict(
        Post.objects.filter(pk__in={row.debtor_id for row in rows}).values_list("pk", "title")
    )
    prefix = PREFIX[workspace.current().kind]
    return {
        row.pk: {
            "title": row.title,
            "body": words.body,
            "issuer": words.issuer,
            "kind": KINDS[row.kind].title,
            "region": regions.get(row.region_id, ""),
            "post": posts.get(row.debtor_id, ""),
            "due": moment(row.answer_due) if row.answer_due else "",
            "workspace": prefix,
        }
        for row, words in zip(rows, words_of(rows), strict=True)
    }


def moment(at: object) -> str:
    """Say a moment as people write it."""
    local = clock.local(at)  # type: ignore[arg-type]
    return f"{local.month}月{local.day}日 {local:%H:%M}"


declare_purpose(
    Purpose(
        key=OBLIGATION,
        title="事项",
        title_en="Obligation",
        wanted=_unanswered,
        told=_told,
        link=LINK,
    )
)
