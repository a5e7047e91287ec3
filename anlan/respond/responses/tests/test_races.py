"""Two who press at the same moment: one starts, the other is told; what waited is owed once."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from anlan.base.obligations.models import Obligation
from anlan.base.permissions.actor import system
from anlan.kernel.errors import Conflict
from anlan.respond.responses import services
from anlan.respond.responses.models import Response, Turn
from anlan.respond.responses.tests.conftest import Scene, debts, do, turn_of
from anlan.warn.tests.conftest import A1

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("home"),
    pytest.mark.skipif(
        connection.vendor == "sqlite",
        reason="SQLite has one writer at a time; its tests share one database in memory",
    ),
]


def at_once(*deeds: Callable[[], object]) -> list[object]:
    """Do deeds in as many threads at the same moment; what each gave, or was refused with."""
    ready, found = threading.Barrier(len(deeds)), dict[int, object]()

    def run(place: int) -> None:
        ready.wait(10)
        try:
            found[place] = deeds[place]()
        except Conflict as error:
            found[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(deeds))]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    return [found[place] for place in range(len(deeds))]


def test_of_two_who_start_at_once_one_does(scene: Scene) -> None:
    found = at_once(scene.start, scene.start)
    assert sorted(isinstance(one, Conflict) for one in found) == [False, True]
    assert (Response.objects.count(), Turn.objects.count()) == (1, 1)
    assert Obligation.objects.filter(title="带班领导到岗").count() == 1


def test_of_two_who_raise_at_once_one_does(scene: Scene) -> None:
    response = scene.start()
    turned = services.Turned(response=response, turn=turn_of(response), stage="3")

    def raised() -> None:
        services.move_response(turned=turned, by=scene.chief)

    found = at_once(raised, raised)
    assert sorted(isinstance(one, Conflict) for one in found) == [False, True]
    assert Obligation.objects.filter(title="水库预泄").count() == 1


def test_two_workers_owe_what_waited_once(scene: Scene) -> None:
    response = scene.start()
    do(debts(response, "lists")[A1], scene.head, due=37)
    at_once(*[lambda: services.ripen(by=system("response-steps"))] * 2)
    assert Obligation.objects.filter(title="转移").count() == 1
