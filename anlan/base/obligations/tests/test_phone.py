import pytest
from django.test import Client

from anlan.base.obligations import services
from anlan.base.obligations.models import Obligation, Step
from anlan.base.obligations.tests.conftest import County
from anlan.kernel.errors import Conflict, Missing


def _link(county: County, owed: str) -> str:
    keys = services.make_links(obligation=owed, by=county.actors["officer"])
    return f"/m/{keys[county.actors['head'].person]}"


def test_one_tap_on_the_phone_signs_for_it(county: County, client: Client) -> None:
    owed = county.owe(title="台风<来了>", body="今夜八点前到岗")
    link = _link(county, owed)
    page = client.get(link)
    assert page.status_code == 200
    assert "台风&lt;来了&gt;" in page.content.decode()
    assert "今夜八点前到岗" in page.content.decode()
    assert Obligation.objects.get(pk=owed).state == "reached"
    signed = client.post(link, {"text": "马上到"})
    assert signed.status_code == 200
    assert Obligation.objects.get(pk=owed).state == "closed"
    step = Step.objects.get(obligation=owed)
    assert step.by.startswith("link:")
    assert not step.on_behalf
    assert "已经签收" in client.get(link).content.decode()


def test_a_link_opens_nothing_else(county: County, client: Client) -> None:
    owed = county.owe()
    _link(county, owed)
    assert client.get("/m/unknown").status_code == 404
    assert client.get("/m/" + "a" * 20).status_code == 404


def test_a_post_without_a_holder_gets_no_link_and_it_is_told(county: County) -> None:
    from anlan.base.people.models import Holding

    owed = county.owe()
    Holding.objects.filter(post=county.posts["head"]).delete()
    with pytest.raises(Conflict, match="没有人任职"):
        services.make_links(obligation=owed, by=county.actors["officer"])


def test_only_who_may_give_debts_makes_links(county: County) -> None:
    owed = county.owe()
    with pytest.raises(Missing):
        services.make_links(obligation=owed, by=county.actors["stranger"])
