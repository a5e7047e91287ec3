"""Climbing: 20,000 obligations due at once among a million open, an idle tick, a whole ladder."""

import hashlib
import statistics
import time
from datetime import date, timedelta
from typing import Any

from django.db import transaction

from bench import _posts

POSTGRES = True

OPEN, DUE, ROUNDS = 1_000_000, 20_000, 5
#: The ladder of a red alert: three hours, minute by minute; of a hundred open calls one answers.
MINUTES, ANSWERING, NIGHTS = 180, 100, 2


def run() -> dict[str, Any]:
    posts = _county()
    _owe(posts)
    due = [_climb_due() for _ in range(ROUNDS)]
    idle = [_idle() for _ in range(200)]
    _tell()  # what those rungs left in the outbox is no part of a night
    nights = [_night(number) for number in range(NIGHTS)]
    assert len({night["state"] for night in nights}) == 1, nights
    return {
        "figures": {
            "due_20k_s": round(statistics.median(due), 3),
            "idle_tick_ms": round(statistics.median(idle) * 1000, 3),
            "ladder_20k_3h_s": round(statistics.median(night["seconds"] for night in nights), 2),
        },
        "settings": {
            "open": OPEN,
            "due": DUE,
            "rounds_s": [round(value, 3) for value in due],
            "idle_max_ms": round(max(idle) * 1000, 3),
            "nights": nights,
        },
    }


def _county() -> list[tuple[str, str]]:
    """Make 20,000 posts with a deputy each, a stationed cadre a village, duty rooms above."""
    from anlan.base.people.models import Holding, Person, Post, Unit
    from anlan.kernel.ids import new_id

    posts = _posts.county(DUE)
    units = {unit.region_id: unit for unit in Unit.objects.all()}
    heads = dict.fromkeys(units, "")
    for post, code in posts:
        heads[code] = heads[code] or post
    with transaction.atomic():  # one head a village; the others are those of its grid cells
        Post.objects.exclude(pk__in=heads.values()).update(role="grid-worker")
    with transaction.atomic():
        for code, unit in list(units.items()):
            town = f"{code[:9]}000"
            if not Post.objects.filter(role="duty-officer", region=town).exists():
                Post.objects.create(
                    **_posts.row(code=f"D{town}", title="值班", unit=unit, role="duty-officer",
                                 region_id=town)
                )  # fmt: skip
            Post.objects.create(
                **_posts.row(code=f"C{code}", title="驻村", unit=unit, role="stationed-cadre",
                             region_id=code)
            )  # fmt: skip
    for start in range(0, len(posts), 1000):
        persons, holdings = [], []
        for post, code in posts[start : start + 1000]:
            key = new_id()
            persons.append(Person(**_posts.row(id=key, code=key, region_id=code)))
            holdings.append(
                Holding(
                    **_posts.row(post_id=post, person_id=key, rank="B", since=date(2020, 1, 1),
                                 region_id=code)
                )
            )  # fmt: skip
        with transaction.atomic():
            Person.objects.bulk_create(persons)
            Holding.objects.bulk_create(holdings)
    return posts


def _owe(posts: list[tuple[str, str]]) -> None:
    """Fill the table with open obligations, none of them due for a day."""
    from anlan.base.db.inserting import insert_values
    from anlan.base.obligations.models import Obligation
    from anlan.kernel import clock
    from anlan.kernel.ids import new_id

    now = clock.now()
    far = now + timedelta(days=2)
    same = {
        "kind": "notice", "title": "测速", "body": "", "subject_kind": "", "subject": "",
        "state": "issued", "ladder": "urgent-notice", "rung": 0, "issued_at": now,
        "issued_by": "system:bench", "answer_due": far, "lapse_at": far, "wish": "", "wish_by": "",
    }  # fmt: skip
    names = ("id", "region_id", "debtor_id", "climb_at", "case", *same)
    soon = [now + timedelta(days=1, seconds=second) for second in range(3600)]
    for start in range(0, OPEN, 20_000):
        rows = []
        for i in range(start, start + 20_000):
            post, code = posts[i % len(posts)]
            case = "" if i % 2 else "BENCH"
            rows.append((new_id(), code, post, soon[i % 3600], case, *same.values()))
        with transaction.atomic():
            insert_values(Obligation, names, rows)


def _make_due() -> None:
    from anlan.base.obligations.models import Obligation
    from anlan.kernel import clock

    ids = Obligation.objects.filter(climb_at__gt=clock.now()).order_by("id")
    chosen = list(ids.values_list("pk", flat=True)[:DUE])
    for start in range(0, DUE, 1000):
        Obligation.objects.filter(pk__in=chosen[start : start + 1000]).update(climb_at=clock.now())


def _climb_due() -> float:
    from anlan.base.obligations.services import climb_due

    _make_due()
    began = time.perf_counter()
    moved = climb_due()
    spent = time.perf_counter() - began
    assert moved >= DUE, moved
    return spent


def _idle() -> float:
    from anlan.base.obligations.services import climb_due, lapse_due

    began = time.perf_counter()
    assert climb_due() + lapse_due() == 0
    return time.perf_counter() - began


def _tell() -> None:
    from anlan.base.outbox.delivering import deliver_due

    while deliver_due():
        pass


def _night(number: int) -> dict[str, Any]:
    """Issue a red alert to 20,000 posts and let three hours of its ladder go by on our own clock.

    Through the deeds themselves: calls opened, rungs climbed, lateness marked, every hundredth of
    the open calls answered each minute, and every message queued that the rungs ask for.
    """
    from anlan.base.obligations.models import Obligation
    from anlan.base.obligations.services import Reply, climb_due, lapse_due, respond_many
    from anlan.base.permissions.actor import system
    from anlan.comms.models import Message
    from anlan.kernel import clock
    from anlan.warn.models import CallRound
    from anlan.warn.services import calls

    Obligation.objects.filter(climb_at__isnull=False).update(climb_at=None, lapse_at=None)
    # The night before is over: what it calls would be spared.
    CallRound.objects.filter(ended_at=None).update(ended_at=clock.now())
    real, by = clock.now, system("bench")
    start = real().replace(hour=2, minute=0, second=0, microsecond=0)  # 10:00 in Beijing
    shift = timedelta()
    clock.now = lambda: start + shift
    spent = dict.fromkeys(("open", "climb", "answer", "queue"), 0.0)
    try:
        began = time.perf_counter()
        alert = _issued(number)
        calls.fill_round(round_=calls.begin_calls(alert=alert, by=by), by=by)
        spent["open"] = time.perf_counter() - began
        open_ = _in_order(alert)
        answered = 0
        for minute in range(MINUTES + 1):
            shift = timedelta(minutes=minute)
            before = time.perf_counter()
            climb_due(by=by)
            lapse_due(by=by)
            spent["climb"] += time.perf_counter() - before
            before = time.perf_counter()
            _tell()
            spent["queue"] += time.perf_counter() - before
            before = time.perf_counter()
            said = [
                (call, Reply(answers={"reply": "received"})) for call in _every_hundredth(open_)
            ]
            told = respond_many(said=said, by=by)  # as a provider hands them over
            assert all(one.verb for one in told), told
            answered += len(told)
            spent["answer"] += time.perf_counter() - before
        seconds = time.perf_counter() - began
    finally:
        clock.now = real
    return {
        "seconds": round(seconds, 2),
        "parts_s": {name: round(value, 2) for name, value in spent.items()},
        "answered": answered,
        "messages": Message.objects.filter(case=f"NIGHT{number}").count(),
        "state": _state(alert),
    }


def _issued(number: int) -> str:
    from anlan.kernel import clock
    from anlan.kernel.ids import new_id
    from anlan.warn.models import Alert

    now, key = clock.now(), new_id()
    alert = Alert(
        id=key, root=key, identifier=key, kind="weather-signal", hazard="rainstorm", level=1,
        state="issued", title="暴雨红色预警信号", text="预计未来3小时降水100毫米以上。",
        station="县气象台", region_id=_posts.COUNTY, regions=[_posts.COUNTY], drafted_at=now,
        drafted_by="x", issued_at=now, issued_by="system:bench", sent_at=now,
        case=f"NIGHT{number}",
    )  # fmt: skip
    alert.save(force_insert=True)
    return key


def _calls(alert: str) -> Any:
    from anlan.base.obligations.models import Obligation
    from anlan.warn.models import CallRound

    rounds = list(CallRound.objects.filter(root=alert).values_list("pk", flat=True))
    return Obligation.objects.filter(kind="call", subject_kind="call", subject__in=rounds)


def _in_order(alert: str) -> list[str]:
    """List the calls in the order of their posts' codes: of these every hundredth answers.

    Read once: who answers is no work of ours, and is not to be timed.
    """
    codes = _codes()
    ordered = sorted(
        (codes[debtor], pk) for debtor, pk in _calls(alert).values_list("debtor_id", "pk")
    )
    return [pk for _, pk in ordered]


def _every_hundredth(open_: list[str]) -> list[str]:
    """Take out those who answer next: nothing but an answer ends a call here."""
    chosen = open_[ANSWERING - 1 :: ANSWERING]
    del open_[ANSWERING - 1 :: ANSWERING]
    return chosen


def _codes() -> dict[str, str]:
    """Tell the code of every post: its key is drawn anew in every workspace."""
    from anlan.base.people.models import Post

    return dict(Post.objects.values_list("pk", "code"))


def _state(alert: str) -> str:
    """Digest the end state: of every post its state, its rungs and when it answered.

    By the codes of posts, so that two machines, or two databases, can be compared.
    """
    from anlan.base.obligations.models import Rung

    codes = _codes()
    start = _calls(alert).order_by("issued_at").values_list("issued_at", flat=True)[0]
    lines = [
        f"{codes[post]} {state} {rung} {answered and answered - start} {lapsed and lapsed - start}"
        for post, state, rung, answered, lapsed in _calls(alert)
        .order_by("debtor_id")
        .values_list("debtor_id", "state", "rung", "answered_at", "lapsed_at")
    ]
    rungs = Rung.objects.filter(obligation__in=_calls(alert).values("pk"))
    lines += [
        f"{codes[post]} {number} {whom} {codes.get(turned, '')}"
        for post, number, whom, turned in rungs.order_by(
            "obligation__debtor", "number", "post_id"
        ).values_list("obligation__debtor", "number", "whom", "post_id")
    ]
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()[:16]
