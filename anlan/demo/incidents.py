"""What a duty desk sees: a fire reported upward, slides just told, a log, a roll call."""

from datetime import timedelta

from anlan.base.obligations import services as obligations
from anlan.base.obligations.models import Obligation
from anlan.base.obligations.services.phone import PURPOSE, make_links
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.models import User
from anlan.base.permissions.selectors import actor_of
from anlan.base.permissions.services.links import open_link
from anlan.base.regions import scope
from anlan.base.regions.models import Level, Region
from anlan.demo import photo
from anlan.kernel import clock
from anlan.kernel.errors import Conflict, Missing
from anlan.respond.duty import services as duty
from anlan.respond.duty.services import Note, Roll
from anlan.respond.incidents import services
from anlan.respond.incidents.models import Incident
from anlan.respond.incidents.services import Sent, Told
from anlan.respond.incidents.services.telling import Telling, tell_by_link

#: Accounts (see `users.USERS`) of who takes things in, and of who leads.
OFFICER, LEAD = "duty", "daiban"
#: The matters lie so many villages apart at most.
APART = 40
#: So many rooms have answered the roll when a newcomer looks.
ANSWERED = 11


def start_incidents(county: str) -> int:
    """Put a few matters on the county's desk; tell how many incidents."""
    if Incident.objects.exists():  # an earlier load came this far
        return 0
    people = {user.username: user for user in User.objects.filter(username__in=(OFFICER, LEAD))}
    if len(people) < 2:
        raise Missing("演示用户 duty、daiban 不全")
    officer, lead = actor_of(people[OFFICER]), actor_of(people[LEAD])
    villages = scope.below(Region.objects.filter(level=Level.VILLAGE), county, "code")
    codes = list(villages.order_by("code").values_list("code", flat=True)[:APART])
    _fire(codes[0], officer, lead)
    _slide(codes[len(codes) // 2], officer)
    _phoned(officer)
    services.begin_incident(
        told=Told(what="（演示）一条小船在港口外翻了，人数还不清楚", region=codes[-1],
                  kind="water-traffic", source="public"), by=officer,
    )  # fmt: skip
    _desk(officer)
    return Incident.objects.count()


def _fire(village: str, officer: Actor, lead: Actor) -> None:
    told = Told(
        kind="fire", what="（演示）沿街店铺起火，二楼有人没出来", region=village,
        place="老街 12 号",
        happened_at=clock.now() - timedelta(minutes=12), source="fire-119",
        figures={"deaths": 0, "trapped": 1, "minor_injuries": 2},
        caller_name="演示来电人", caller_phone="10000000012",
    )  # fmt: skip
    row = services.take_in(
        incident=services.begin_incident(told=told, by=officer).pk, apart=True, by=officer
    )
    services.verify_incident(incident=row.pk, how="消防救援站已到场", by=officer)
    services.tell_leader(incident=row.pk, leader="带班领导（演示）", by=officer)
    services.draft_report(incident=row.pk, kind="first", by=officer)
    services.edit_report(
        incident=row.pk, number=1, by=officer,
        content={"measures": "消防救援站两车十人到场扑救，公安在外围警戒。"},
    )  # fmt: skip
    services.sign_report(incident=row.pk, number=1, by=lead)
    for to, way in (("government", "phone"), ("city", "written")):
        sent = Sent(to=to, way=way, receiver="值班员（演示）", at=clock.now())
        services.note_dispatch(incident=row.pk, number=1, sent=sent, by=officer)


def _slide(village: str, officer: Actor) -> None:
    told = Told(
        kind="landslide", what="（演示）屋后山体滑坡，堵了进村的路", region=village,
        place="村口公路",        happened_at=clock.now() - timedelta(minutes=25), source="village",
        caller_name="演示村干部", caller_phone="10000000013",
    )  # fmt: skip
    row = services.begin_incident(told=told, by=officer)
    services.take_in(incident=row.pk, apart=True, by=officer)


def _phoned(officer: Actor) -> None:
    """Let a village tell from a telephone, by the link of its message: picture, place, words."""
    owed = Obligation.objects.filter(debtor__role="village-head", closed_at=None)
    for row in owed.order_by("pk").select_related("region")[:APART]:
        try:
            key = next(iter(make_links(obligation=row.pk, by=officer).values()))
        except Conflict:  # nobody holds the post
            continue
        told = Told(
            kind="landslide", region=row.region_id, place="村道转弯处", lon=row.region.lon,
            lat=row.region.lat, figures={"trapped": 0},
            what="（演示）土石盖住半边路，车过不去，人没有伤。照片是画的，不是实拍。",
        )  # fmt: skip
        telling = Telling(told=told, client="demo-slide", accuracy=12, photos=[photo.slide()])
        tell_by_link(opened=open_link(key, PURPOSE), telling=telling)
        return


def _desk(officer: Actor) -> None:
    first = duty.note_entry(
        note=Note(content="（演示）气象台通知 15 时会商", kind="superior", source="县气象台",
                  disposal="已报带班领导", todo=True), by=officer,
    )  # fmt: skip
    duty.note_entry(note=Note(content="（演示）会商改到 15 时 30 分", kind="superior", todo=True),
                    follows=first.pk, by=officer)  # fmt: skip
    duty.note_entry(
        note=Note(content="（演示）群众来电询问避灾点是否开放", source="群众", disposal="已答复"),
        by=officer,
    )  # fmt: skip
    roll = duty.call_roll(roll=Roll(minutes=10), by=officer)
    asked = Obligation.objects.filter(subject_kind="roll-call", subject=roll.pk)
    for obligation in list(asked.order_by("region_id").values_list("pk", flat=True))[:ANSWERED]:
        reply = obligations.Reply(answers={"there": "two"})
        obligations.answer(obligation=obligation, by=officer, reply=reply)
