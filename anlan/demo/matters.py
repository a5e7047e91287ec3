"""A little life in the demo county: two notices under way and some rows due for confirmation.

Without it every list of obligations would be empty, and a newcomer could try nothing.
"""

from datetime import timedelta

from anlan.base.obligations import services
from anlan.base.obligations.ladders import Span
from anlan.base.obligations.models import Obligation
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.models import User
from anlan.base.permissions.selectors import actor_of
from anlan.base.places.models import Shelter
from anlan.base.regions import scope
from anlan.kernel import clock
from anlan.kernel.errors import Missing

#: Last confirmed so long ago that the half-yearly confirmation of shelters is due.
STALE = timedelta(days=200)
#: So many have already signed for the first notice when a newcomer looks.
SIGNED = 9


def start_matters(county: str, town: str) -> int:
    """Send the notices as the duty officer and open the reviews; tell how many obligations."""
    if Obligation.objects.exists():  # an earlier load came this far
        return 0
    officer = User.objects.filter(username="duty").first()
    if officer is None:
        raise Missing("演示用户 duty 不存在")
    by = actor_of(officer)
    first = services.send_notice(
        notice=services.Notice(
            title="关于做好大风降温天气防范工作的通知",
            body="（演示）预计明后两天沿海海面有 8 级阵风。请各乡镇街道督促渔船回港避风，"
            "检查工棚、广告牌和在建工地，值班人员保持电话畅通。",
            regions=[county],
            roles=["township-emergency-officer"],
            answer_within=Span(2, "hour"),
        ),
        by=by,
    )
    _sign_some(first.case, by=by)
    second = services.send_notice(
        notice=services.Notice(
            title="请核对避灾安置场所的钥匙保管人",
            body="（演示）请各村社今天内核对避灾安置场所的钥匙由谁保管、夜间能否打开，"
            "有变动的在台账中改正。",
            regions=[town],
            roles=["village-head", "stationed-cadre"],
            answer_within=Span(1, "day"),
        ),
        by=by,
    )
    return first.obligations + second.obligations + _reviews(town)


def _sign_some(case: str, *, by: Actor) -> None:
    owed = Obligation.objects.filter(case=case).order_by("region_id", "pk")
    for obligation in owed.values_list("pk", flat=True)[:SIGNED]:
        services.answer(obligation=obligation, by=by, reply=services.Reply("电话答复：已安排"))


def _reviews(town: str) -> int:
    stale = scope.below(Shelter.objects.all(), town)
    stale.update(reviewed_at=clock.now() - STALE)
    return services.open_reviews()
